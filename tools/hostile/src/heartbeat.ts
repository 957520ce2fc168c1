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
  #failure: unknown;
  #onBeat = () => {};

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
    heartbeat.#lastMs = performance.now();
    heartbeat.#reading = (async () => {
      const { signal } = heartbeat.#stop;
      try {
        for await (const _ of sensor.readings({ everyMs, signal })) heartbeat.#beat();
      } catch (thrown) {
        if (!signal.aborted) heartbeat.#failure = thrown;
        heartbeat.#onBeat();
      }
    })();
    return heartbeat;
  }

  /**
   * Waits for the next reading, and forgets what was before it: what a test does to get ready is nobody's gap.
   *
   * @throws what its sensor threw
   */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onBeat = resolve;
      if (this.#failure !== undefined) resolve();
    });
    this.takeLargestGap();
  }

  /** How often it was read. */
  get count(): number {
    return this.#count;
  }

  /**
   * The longest time between two readings since this was asked last, in milliseconds.
   *
   * @throws what its sensor threw
   */
  takeLargestGap(): number {
    if (this.#failure !== undefined) throw this.#failure;
    const largest = Math.max(this.#largestMs, performance.now() - this.#lastMs);
    this.#largestMs = 0;
    return largest;
  }

  /** Ends it. @throws what its sensor threw */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#reading;
    await this.#board[Symbol.asyncDispose]();
    if (this.#failure !== undefined) throw this.#failure;
  }

  #beat(): void {
    const now = performance.now();
    this.#largestMs = Math.max(this.#largestMs, now - this.#lastMs);
    this.#lastMs = now;
    this.#count += 1;
    this.#onBeat();
  }
}
