/** The wires of a simulated I2C bus, which write down what a controller does with them. */
import type { I2cDirection, I2cWires } from "@busbar/model";
import { Registers, SimulatedI2cBus } from "@busbar/sim";

/** Where the registers are. */
export const ADDRESS = 0x50;

/** 256 registers at 0x50 of a bus that has nothing else, and what was seen on it: "S50W+ 10+ Sr50R+ aa P", with "-" for no acknowledge. */
export class RecordedWires implements I2cWires {
  #wires: I2cWires = new SimulatedI2cBus().wires();
  #seen: string[] = [];
  #isBusy = false;

  constructor() {
    this.renew();
  }

  /** Puts fresh registers there, whose values are their numbers inverted. */
  renew(): void {
    const contents = new Map(Array.from({ length: 256 }, (_, register) => [register, 255 - register]));
    this.#wires = new SimulatedI2cBus([[ADDRESS, new Registers({ contents })]]).wires();
  }

  /** What was seen since this was asked last. */
  take(): string {
    const seen = this.#seen.join(" ");
    this.#seen = [];
    return seen;
  }

  start(address: number, direction: I2cDirection): boolean {
    const isThere = this.#wires.start(address, direction);
    const letter = direction === "write" ? "W" : "R";
    this.#seen.push(`${this.#isBusy ? "Sr" : "S"}${hex(address)}${letter}${isThere ? "+" : "-"}`);
    this.#isBusy = true;
    return isThere;
  }

  write(byte: number): boolean {
    const isAcknowledged = this.#wires.write(byte);
    this.#seen.push(`${hex(byte)}${isAcknowledged ? "+" : "-"}`);
    return isAcknowledged;
  }

  read(): number {
    const byte = this.#wires.read();
    this.#seen.push(hex(byte));
    return byte;
  }

  stop(): void {
    this.#wires.stop();
    // One more than there are starts is no change of the wires.
    if (this.#isBusy) this.#seen.push("P");
    this.#isBusy = false;
  }
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
