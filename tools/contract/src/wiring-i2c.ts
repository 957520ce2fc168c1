/** Drivers on I2C. */

import { type I2cGiven, i2cOn, toU64, type Wiring } from "@busbar/guest";
import type { I2cOperation } from "@busbar/host/backend";
import {
  type GpioPart,
  I2C_ERROR_FAULTS,
  type I2cDirection,
  type I2cFault,
  type I2cTarget,
  i2cWithPins,
  SimulatedI2cBus,
} from "@busbar/sim";
import { nonsenseBytes } from "./nonsense.ts";
import type { Garbled, Nonsense, TestBus, TestFault, TestWiring } from "./wiring.ts";

/** What the world `i2c-driver` imports. */
const IMPORTS = [
  "busbar:board/i2c@0.1.0",
  "busbar:board/settings@0.1.0",
  "wasi:i2c/delay@0.2.0-draft",
  "wasi:i2c/i2c@0.2.0-draft",
];

/** A bus with one chip at an address. */
export class I2cTestBus implements TestBus {
  readonly simulated: SimulatedI2cBus;
  readonly #address: number;

  /** @param address of the chip */
  constructor(simulated: SimulatedI2cBus, address: number) {
    this.simulated = simulated;
    this.#address = address;
  }

  get transactions(): number {
    return this.simulated.transactions;
  }

  get picture(): string | undefined {
    return this.simulated.render(this.#address);
  }

  inject(fault: TestFault): void {
    this.simulated.inject(fault as I2cFault);
  }

  clearFaults(): void {
    this.simulated.clearFaults();
  }

  detach(): void {
    this.simulated.detach(this.#address);
  }
}

/** A driver whose chip is at `address`, 7 bits. */
export function i2cAt(address: number): TestWiring<I2cTarget, I2cGiven, I2cTestBus> {
  return {
    imports: IMPORTS,
    errors: new Map(I2C_ERROR_FAULTS.map((kind) => [kind, kind])),
    goneFault: "no-acknowledge-address",
    absent: ["bus"],
    bus: (chip) => new I2cTestBus(new SimulatedI2cBus([[address, chip]]), address),
    withPins: i2cWithPins,
    garbled: (chip) => new GarbledI2c(chip),
    guest: (buses, clock) =>
      i2cOn({
        open: (name) => ({ bus: handleOn(buses[name]!.simulated), address }),
        openDelay: () => ({ delayNs: (ns) => clock.advance(ns / 1e6), [Symbol.dispose]: () => {} }),
      }),
    entry: (device) => ({ i2c: { bus: device, address: `0x${address.toString(16)}` } }),
    backends: (buses) => ({
      i2c: [
        {
          name: "contract",
          openI2c: (bus) => (typeof bus === "string" ? buses[bus]?.simulated.open() : undefined),
        },
      ],
    }),
  };
}

/** Acknowledges and takes everything as the chip does; what is read of it can be made nonsense. */
class GarbledI2c implements I2cTarget, Garbled<I2cTarget> {
  readonly target = this;
  readonly pins?: GpioPart;
  readonly #chip: I2cTarget;
  #next: (() => number) | undefined;

  constructor(chip: I2cTarget) {
    this.#chip = chip;
    if (chip.pins !== undefined) this.pins = chip.pins;
  }

  garble(nonsense: Nonsense): void {
    this.#next = nonsenseBytes(nonsense);
  }

  mend(): void {
    this.#next = undefined;
  }

  start(direction: I2cDirection, repeated: boolean): boolean {
    return this.#chip.start(direction, repeated);
  }

  write(byte: number): boolean {
    return this.#chip.write(byte);
  }

  read(): number {
    const byte = this.#chip.read();
    return this.#next?.() ?? byte;
  }

  stop(): void {
    this.#chip.stop();
  }
}

/** A wasi:i2c handle on a simulated bus. */
function handleOn(bus: SimulatedI2cBus): Wiring["bus"] {
  const run = (address: number, operations: readonly I2cOperation[]) => bus.transaction(address, operations);
  const read = (length: bigint): I2cOperation => ({ kind: "read", length: Number(toU64(Number(length))) });
  const write = (data: Uint8Array): I2cOperation => ({ kind: "write", data });
  return {
    read: (address, length) => run(address, [read(length)])[0]!,
    write: (address, data) => void run(address, [write(data)]),
    writeRead: (address, data, length) => run(address, [write(data), read(length)])[0]!,
    transaction: (address, operations) =>
      run(
        address,
        operations.map((operation) =>
          operation.tag === "read" ? read(operation.val) : write(operation.val),
        ),
      ),
    [Symbol.dispose]: () => {},
  };
}
