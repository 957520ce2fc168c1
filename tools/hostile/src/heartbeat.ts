import type { OpenBoard } from "@busbar/host";
import { healthyEntry, openSimulated } from "./board.ts";

/** Milliseconds from one reading of the healthy sensor to the next. */
export const everyMs = 50;

/** A healthy sensor that is read all the time, and how long it had to wait. */
export class Heartbeat implements AsyncDisposable {
  readonly #board: OpenBoard;
  readonly #stop = new AbortController();
  #reading: Promise<void> = Promise.resolve();
  #lastMs = performance.now();
  #largestMs = 0;
  #count = 0;

  private constructor(board: OpenBoard) {
    this.#board = board;
  }

  /** Opens the sensor and begins to read it; its first reading is not counted. */
  static async start(): Promise<Heartbeat> {
    const simulate = [{ i2c: "sim", address: "0x76", model: "bme280" }];
    const board = await openSimulated({ devices: { healthy: healthyEntry }, simulate }, import.meta.dirname);
    const heartbeat = new Heartbeat(board);
    const sensor = await board.sensor("healthy");
    await sensor.read();
    heartbeat.takeLargestGap();
    heartbeat.#reading = (async () => {
      const { signal } = heartbeat.#stop;
      try {
        for await (const _ of sensor.readings({ everyMs, signal })) heartbeat.#beat();
      } catch (thrown) {
        if (!signal.aborted) throw thrown;
      }
    })();
    return heartbeat;
  }

  /** How often it was read. */
  get count(): number {
    return this.#count;
  }

  /** The longest time between two readings since this was asked last, in milliseconds. */
  takeLargestGap(): number {
    const now = performance.now();
    const largest = Math.max(this.#largestMs, now - this.#lastMs);
    this.#largestMs = 0;
    this.#lastMs = now;
    return largest;
  }

  /** Ends it. @throws what its sensor threw */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#reading;
    await this.#board[Symbol.asyncDispose]();
  }

  #beat(): void {
    const now = performance.now();
    this.#largestMs = Math.max(this.#largestMs, now - this.#lastMs);
    this.#lastMs = now;
    this.#count += 1;
  }
}
