import { BackendError } from "@busbar/host/backend";
import { SpiError, type SpiOperation, type SpiWiring } from "@busbar/host/spi";
import type { SpiTarget } from "@busbar/model";
import { type ActiveSpiFault, countSpiFault, type SpiFault, type SpiFaultCounter } from "./faults.ts";
import { SimulatedSpiHandle } from "./handle.ts";
import { SimulatedSpiWires } from "./wires.ts";

/** What is received where nobody drives the line. */
const IDLE = 0xff;
/** What is sent while only receiving, as Linux does. */
const NOTHING_TO_SEND = 0x00;

/** An SPI bus in this process, with a target on each of some chip select lines. A transaction runs at once and takes no time. */
export class SimulatedSpiBus {
  readonly #targets = new Map<number, SpiTarget>();
  readonly #faults: {
    readonly chipSelect: number | undefined;
    readonly counter: SpiFaultCounter;
  }[] = [];
  #transactions = 0;

  /**
   * @param targets what is on the bus, by the number of the chip select line
   * @throws RangeError as `attach` does
   */
  constructor(targets: Iterable<readonly [chipSelect: number, target: SpiTarget]> = []) {
    for (const [chipSelect, target] of targets) this.attach(chipSelect, target);
  }

  /** How many transactions were begun on this bus, failed ones included. */
  get transactions(): number {
    return this.#transactions;
  }

  /**
   * Wires a target to a chip select line.
   *
   * @throws RangeError when that is no number from 0 to 255, or is taken
   */
  attach(chipSelect: number, target: SpiTarget): void {
    if (!Number.isInteger(chipSelect) || chipSelect < 0 || chipSelect > 255) {
      throw new RangeError(`${chipSelect} is no chip select line; they go from 0 to 255.`);
    }
    if (this.#targets.has(chipSelect)) {
      throw new RangeError(
        `Something is on chip select ${chipSelect} of this bus already; choose another line.`,
      );
    }
    this.#targets.set(chipSelect, target);
  }

  /** Unplugs what is on a line; nothing happens where nothing is. Whoever has it opened receives 0xFF from then on. */
  detach(chipSelect: number): void {
    this.#targets.delete(chipSelect);
  }

  /** What a person would see of the target on a line; undefined where there is none, or nothing to see. */
  render(chipSelect: number): string | undefined {
    return this.#targets.get(chipSelect)?.render?.();
  }

  /**
   * Makes transactions fail. Where several faults strike one transaction, the one injected first wins.
   *
   * @param chipSelect count and strike only the transactions on this line; left out: all of the bus
   */
  inject(fault: SpiFault, chipSelect?: number): void {
    this.#faults.push({ chipSelect, counter: countSpiFault(fault) });
  }

  /** Forgets every injected fault. */
  clearFaults(): void {
    this.#faults.length = 0;
  }

  /**
   * Opens what is on a line.
   *
   * @throws BackendError where nothing is, as Linux has no device file there
   */
  open(wiring: SpiWiring): SimulatedSpiHandle {
    const { device, chipSelect } = wiring;
    if (!this.#targets.has(chipSelect)) {
      throw new BackendError(
        `${device}: nothing is on chip select ${chipSelect} of the simulated bus; correct the number, or simulate a device there.`,
      );
    }
    return new SimulatedSpiHandle(this, wiring);
  }

  /**
   * Runs one whole transaction.
   *
   * @returns one array for each read and each transfer
   * @throws SpiError for an injected fault
   */
  transaction(
    { chipSelect, mode, maximumHz, bitOrder }: Omit<SpiWiring, "device">,
    operations: readonly SpiOperation[],
  ): Uint8Array[] {
    const { target, fault } = this.begin(chipSelect);
    if (fault?.error === "chip-select-fault") throw injected(fault);
    target?.select({ mode, hz: maximumHz });
    try {
      if (fault?.error !== undefined) throw injected(fault);
      const order = bitOrder === "lsb-first" ? reversed : same;
      const exchange = (byte: number) => order(target?.transfer(order(byte)) ?? IDLE);
      return operations.flatMap((operation) => {
        if (operation.kind === "delay") {
          target?.delay?.(operation.ns);
          return [];
        }
        const received = run(operation, exchange, fault);
        return operation.kind === "write" ? [] : [received];
      });
    } finally {
      target?.release();
    }
  }

  /** For its wires: a transaction begins. */
  begin(chipSelect: number): { target: SpiTarget | undefined; fault: ActiveSpiFault | undefined } {
    this.#transactions += 1;
    return { fault: this.#nextFault(chipSelect), target: this.#targets.get(chipSelect) };
  }

  /** Its wires, for a model of what drives it. */
  wires(): SimulatedSpiWires {
    return new SimulatedSpiWires(this);
  }

  /** Every fault counts every transaction that concerns it, also one that another fault strikes. */
  #nextFault(chipSelect: number): ActiveSpiFault | undefined {
    let first: ActiveSpiFault | undefined;
    for (const fault of this.#faults) {
      if (fault.chipSelect !== undefined && fault.chipSelect !== chipSelect) continue;
      const active = fault.counter.next();
      first ??= active;
    }
    return first;
  }
}

/** One operation that moves bytes. @returns what is received meanwhile */
function run(
  operation: Exclude<SpiOperation, { readonly kind: "delay" }>,
  exchange: (byte: number) => number,
  fault: ActiveSpiFault | undefined,
): Uint8Array {
  const sent =
    operation.kind === "read" ? new Uint8Array(operation.length).fill(NOTHING_TO_SEND) : operation.data;
  const driven = fault?.kind === "short" ? sent.length >> 1 : sent.length;
  return sent.map((byte, index) => {
    const received = index < driven ? exchange(byte) : IDLE;
    return fault?.kind === "garbage" ? fault.garbage() : received;
  });
}

function injected({ error, kind }: ActiveSpiFault): SpiError {
  return new SpiError(error!, `An injected fault: ${kind}.`);
}

const same = (byte: number): number => byte;

/** The bits of a byte the other way round. */
function reversed(byte: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit += 1) result |= ((byte >> bit) & 1) << (7 - bit);
  return result;
}
