import { type I2cBus, I2cError, type I2cOperation } from "@busbar/host/i2c";
import { hexByte, type I2cTarget } from "@busbar/model";
import { type ActiveFault, countI2cFault, type I2cFault, type I2cFaultCounter } from "./faults.ts";
import { SimulatedI2cHandle } from "./handle.ts";
import { SimulatedTransfer } from "./transfer.ts";
import { SimulatedWires } from "./wires.ts";

/** A target, and the bus that it is on. */
interface Reached {
  readonly target: I2cTarget;
  readonly bus: SimulatedI2cBus;
}

/**
 * An I2C bus in this process, with any number of simulated targets. A transaction runs at once and takes no time.
 *
 * It can be driven in two ways: whole transactions, as the host does; or message by message with `begin`, for an
 * adapter that does not know the next message before it has answered this one (USB/IP). Both obey one rule: a
 * transaction is never interleaved with another.
 */
export class SimulatedI2cBus implements I2cBus {
  readonly #targets = new Map<number, I2cTarget>();
  readonly #faults: {
    readonly address: number | undefined;
    readonly counter: I2cFaultCounter;
  }[] = [];
  #transactions = 0;
  #closed = false;
  #transfer: SimulatedTransfer | undefined;

  /**
   * @param targets what sits on the bus, by 7-bit address
   * @throws RangeError as `attach` does
   */
  constructor(targets: Iterable<readonly [address: number, target: I2cTarget]> = []) {
    for (const [address, target] of targets) this.attach(address, target);
  }

  /** How many transactions were begun on this bus, failed ones included. */
  get transactions(): number {
    return this.#transactions;
  }

  /** The 7-bit addresses that something sits at, ascending. */
  get addresses(): number[] {
    return [...this.#targets.keys()].sort((left, right) => left - right);
  }

  /**
   * Wires a target to the bus.
   *
   * @param address 7 bits, right-aligned
   * @throws RangeError when the address is not one, or is taken
   */
  attach(address: number, target: I2cTarget): void {
    if (!Number.isInteger(address) || address < 0 || address > 0x7f) {
      throw new RangeError(`${address} is not a 7-bit address.`);
    }
    if (this.#targets.has(address))
      throw new RangeError(
        `Something sits at ${hexByte(address)} of this bus already; choose another address.`,
      );
    this.#targets.set(address, target);
  }

  /** Unplugs what sits at `address`; nothing happens where nothing does. */
  detach(address: number): void {
    this.#targets.delete(address);
  }

  /** What a person would see of the target at `address`; undefined where there is none, or nothing to see. */
  render(address: number): string | undefined {
    return this.#targets.get(address)?.render?.();
  }

  /**
   * Makes transactions fail. Where several faults strike one transaction, the one injected first wins.
   *
   * @param address count and strike only the transactions of this address; left out: all of the bus
   */
  inject(fault: I2cFault, address?: number): void {
    this.#faults.push({ address, counter: countI2cFault(fault) });
  }

  /** Forgets every injected fault. */
  clearFaults(): void {
    this.#faults.length = 0;
  }

  /**
   * Begins a transaction that is driven message by message. It occupies the bus until its `stop`, or until one of its
   * messages fails.
   *
   * @throws I2cError `other` when the bus is closed; `arbitration-loss` when another transaction occupies it
   */
  begin(): SimulatedTransfer {
    if (this.#closed) throw new I2cError({ tag: "other" }, "The simulated bus is closed.");
    if (this.#transfer?.open) {
      throw new I2cError({ tag: "arbitration-loss" }, "Another transaction occupies the simulated bus.");
    }
    this.#transactions += 1;
    this.#transfer = new SimulatedTransfer(
      (address) => this.#reach(address)?.target,
      (address) => this.#nextFault(address),
    );
    return this.#transfer;
  }

  /**
   * Runs one whole transaction. An operation of no bytes is only the address, as in an SMBus quick command.
   *
   * @throws I2cError `no-acknowledge` (address) where nothing sits at `address` or it is busy, `no-acknowledge` (data)
   *   where the target refuses a byte, whatever an injected fault says, and what `begin` throws
   */
  transaction(address: number, operations: readonly I2cOperation[]): Uint8Array[] {
    // As a Linux adapter does: 10-bit addressing is another protocol, not a larger number.
    if (address > 0x7f) throw new I2cError({ tag: "other" }, `${address} is not a 7-bit address.`);
    const transfer = this.begin();
    try {
      const results: Uint8Array[] = [];
      for (const operation of operations) {
        if (operation.kind === "read") results.push(transfer.read(address, operation.length));
        else transfer.write(address, operation.data);
      }
      return results;
    } finally {
      transfer.stop();
    }
  }

  /** A handle of its own on this bus. */
  open(): SimulatedI2cHandle {
    return new SimulatedI2cHandle(this);
  }

  /** Closes the bus for all its users. Closing twice is legal. */
  close(): void {
    this.#closed = true;
    this.#transfer?.stop();
  }

  /** Its wires, for a model of what drives it. */
  wires(): SimulatedWires {
    return new SimulatedWires(this);
  }

  /** What answers at an address: on this bus, or on one that a multiplexer has connected to it. */
  #reach(address: number, passed: ReadonlySet<SimulatedI2cBus> = new Set([this])): Reached | undefined {
    const target = this.#targets.get(address);
    if (target !== undefined) return { target, bus: this };
    for (const each of this.#targets.values()) {
      for (const bus of each.connected?.() ?? []) {
        if (!(bus instanceof SimulatedI2cBus) || passed.has(bus)) continue;
        const reached = bus.#reach(address, new Set([...passed, bus]));
        if (reached !== undefined) return reached;
      }
    }
    return undefined;
  }

  /** Every fault counts every transaction that concerns it, also one that another fault strikes. */
  #nextFault(address: number): ActiveFault | undefined {
    const { bus = this } = this.#reach(address) ?? {};
    // Of a bus behind a multiplexer, those of what is there strike.
    let first = bus === this ? undefined : bus.#nextFault(address);
    for (const fault of this.#faults) {
      if (fault.address !== undefined && fault.address !== address) continue;
      const active = fault.counter.next();
      first ??= active;
    }
    return first;
  }
}
