/** The I2C bus at AD0, and at AD1 and AD2 together: its transactions by the engine. */

import { DriverError, hex, type I2cOperation } from "@busbar/guest";
import type { Engine } from "./engine.ts";
import { BATCH_BYTES, firstNotAcknowledged, I2cCommands, LINES, SDA_IN, setUpCommands } from "./mpsse.ts";

/** The I2C bus of an engine. */
export class MpsseI2c {
  readonly #engine: Engine;
  readonly #commands: I2cCommands;

  /** Sets the engine up, and looks whether both lines are high. @throws DriverError */
  constructor(engine: Engine, clockKhz: number) {
    this.#engine = engine;
    this.#commands = new I2cCommands(clockKhz);
    this.#checkLines(engine.ask(setUpCommands(clockKhz), 1, "setting up the chip"), "looking at the bus");
  }

  /** As `I2cControllerDriver.i2cTransaction`. */
  transaction(address: number, operations: readonly I2cOperation[]): Uint8Array[] {
    const results: Uint8Array[] = [];
    try {
      for (const operation of operations) {
        if ("read" in operation) results.push(this.#read(address, operation.read));
        else this.#write(address, operation.write);
      }
    } catch (error) {
      this.#engine.recover(error, () => this.#stop());
      throw error;
    }
    this.#stop();
    return results;
  }

  #write(address: number, data: Uint8Array): void {
    const doing = `writing ${data.length} bytes to ${hex(address)}`;
    this.#start(address, false, doing);
    for (let sent = 0; sent < data.length; sent += BATCH_BYTES) {
      const bytes = data.subarray(sent, sent + BATCH_BYTES);
      // The engine goes on after a byte that is not acknowledged, to the end of the batch: whoever refuses a byte ignores those.
      const answer = this.#engine.ask(this.#commands.write(bytes), bytes.length, doing);
      if (firstNotAcknowledged(answer) !== -1) throw DriverError.bus("no-acknowledge-data", doing);
    }
  }

  #read(address: number, length: number): Uint8Array {
    const doing = `reading ${length} bytes from ${hex(address)}`;
    this.#start(address, true, doing);
    const data = new Uint8Array(length);
    for (let count = 0; count < length; ) {
      const next = Math.min(BATCH_BYTES, length - count);
      data.set(this.#engine.ask(this.#commands.read(next, count + next === length), next, doing), count);
      count += next;
    }
    return data;
  }

  #start(address: number, isRead: boolean, doing: string): void {
    const answer = this.#engine.ask(this.#commands.start(address, isRead), 1, doing);
    if (firstNotAcknowledged(answer) !== -1) throw DriverError.bus("no-acknowledge-address", doing);
  }

  #stop(): void {
    const doing = "ending the transaction";
    this.#checkLines(this.#engine.ask(this.#commands.stop(), 1, doing), doing);
  }

  /** That nobody holds a line of a bus that is free. */
  #checkLines(levels: Uint8Array, doing: string): void {
    const low = LINES & ~levels[0]!;
    if (low === 0) return;
    const line = (low & SDA_IN) !== 0 ? "SDA (AD1 and AD2, wired together)" : "SCL (AD0)";
    throw DriverError.bus("bus", `${doing}, where ${line} is low`);
  }
}
