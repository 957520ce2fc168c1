/** The SPI bus at AD0 to AD7: its transactions by the engine, as many commands at once as one answer has room for. */

import type { SpiOperation, SpiWiring, Timer } from "@busbar/guest";
import type { Engine } from "./engine.ts";
import { doneCommands, SpiCommands, setUpSpiCommands } from "./spi-commands.ts";

/** The SPI bus of an engine. */
export class MpsseSpi {
  readonly #engine: Engine;
  readonly #time: Timer;

  /** Sets the engine up, and releases all devices. @throws DriverError */
  constructor(engine: Engine, time: Timer) {
    this.#engine = engine;
    this.#time = time;
    engine.ask(setUpSpiCommands, 1, "setting up the chip");
  }

  /** As `SpiControllerDriver.spiTransaction`. */
  transaction(wiring: SpiWiring, operations: readonly SpiOperation[]): Uint8Array[] {
    const commands = new SpiCommands(wiring);
    const batch = new Batch(this.#engine, commands.mostBytes);
    const results: Uint8Array[] = [];
    try {
      batch.add(commands.select());
      for (const operation of operations) {
        if ("delayNs" in operation) {
          batch.run();
          this.#time.waitNs(operation.delayNs);
        } else if ("write" in operation) {
          for (const [start, end] of batch.pieces(operation.write.length)) {
            batch.add(commands.write(operation.write.subarray(start, end)), end - start);
          }
        } else {
          const sent = "transfer" in operation ? operation.transfer : undefined;
          const received = new Uint8Array(sent?.length ?? ("read" in operation ? operation.read : 0));
          for (const [start, end] of batch.pieces(received.length)) {
            const moved = end - start;
            const piece = sent ? commands.transfer(sent.subarray(start, end)) : commands.read(moved);
            batch.add(piece, moved, received.subarray(start, end));
          }
          results.push(received);
        }
      }
      batch.add(commands.release());
      batch.run();
    } catch (error) {
      this.#engine.recover(error, () => {
        const released = [...commands.release(), ...doneCommands];
        this.#engine.ask(Uint8Array.from(released), 1, "releasing the device");
      });
      throw error;
    }
    return results;
  }
}

/** Commands that are sent together, and where the bytes belong that they give back. */
class Batch {
  readonly #engine: Engine;
  readonly #mostBytes: number;
  #commands: number[] = [];
  #received: Uint8Array[] = [];
  #bytes = 0;

  constructor(engine: Engine, mostBytes: number) {
    this.#engine = engine;
    this.#mostBytes = mostBytes;
  }

  /** Parts of `length` bytes, as start and end: each has room in what is sent next, which is run before where it is full. */
  *pieces(length: number): Generator<readonly [start: number, end: number]> {
    for (let start = 0; start < length; ) {
      if (this.#bytes >= this.#mostBytes) this.run();
      const end = Math.min(length, start + this.#mostBytes - this.#bytes);
      yield [start, end];
      start = end;
    }
  }

  /** @param bytes how many are moved on the bus @param received where they go; left out where none are given back */
  add(commands: readonly number[], bytes = 0, received?: Uint8Array): void {
    for (const command of commands) this.#commands.push(command);
    this.#bytes += bytes;
    if (received !== undefined) this.#received.push(received);
  }

  /** Sends all of it, and returns when it was done. */
  run(): void {
    const [commands, received] = [[...this.#commands, ...doneCommands], this.#received];
    const count = received.reduce((sum, { length }) => sum + length, 0);
    const doing = `moving ${this.#bytes} bytes on the SPI bus`;
    this.#commands = [];
    this.#received = [];
    this.#bytes = 0;
    const answer = this.#engine.ask(Uint8Array.from(commands), count + 1, doing);
    let start = 0;
    for (const part of received) {
      part.set(answer.subarray(start, start + part.length));
      start += part.length;
    }
  }
}
