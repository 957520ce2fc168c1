/**
 * A simulated MyDisplay, for `board.json` and for the tests. FILL IN: what the data sheet says that the part does; what
 * it leaves open is best decided against the driver.
 */

import { defineModel, type I2cDirection, type I2cTarget } from "@busbar/model";
import * as v from "valibot";

const ROWS = 2;
const COLUMNS = 16;
const CLEAR_MS = 2;

/** The part, just powered: off, and full of anything. */
export class MyDisplayModel implements I2cTarget {
  readonly #clock: { now(): number };
  readonly #text = Array.from({ length: ROWS }, () => Array<string>(COLUMNS).fill("?"));
  #on = false;
  #brightness = 1;
  #busyUntilMs = 0;
  #place: { row: number; column: number } | undefined;
  #isFirst = true;

  /** @param clock milliseconds */
  constructor(clock: { now(): number }) {
    this.#clock = clock;
  }

  start(direction: I2cDirection): boolean {
    this.#isFirst = true;
    this.#place = undefined;
    // It can only be written, and does not acknowledge while it clears.
    return direction === "write" && this.#clock.now() >= this.#busyUntilMs;
  }

  write(byte: number): boolean {
    if (this.#isFirst) this.#command(byte);
    else this.#put(byte);
    this.#isFirst = false;
    return true;
  }

  read(): number {
    return 0xff;
  }

  stop(): void {}

  /** What a person sees. */
  render(): string {
    const bar = "─".repeat(COLUMNS);
    const rows = this.#text.map((row) => `│${this.#on ? row.join("") : " ".repeat(COLUMNS)}│`);
    const note = this.#on && this.#brightness < 15 ? [`brightness ${this.#brightness}/15`] : [];
    return [`┌${bar}┐`, ...rows, `└${bar}┘`, ...note].join("\n");
  }

  #command(byte: number): void {
    if (byte >= 0x80) this.#place = { row: (byte & 0x40) >> 6, column: byte & 0x3f };
    else if (byte >= 0x40) this.#brightness = byte & 0x0f;
    else if (byte === 0x0f) this.#on = true;
    else if (byte === 0x08) this.#on = false;
    else if (byte === 0x01) this.#clear();
  }

  #clear(): void {
    for (const row of this.#text) row.fill(" ");
    this.#busyUntilMs = this.#clock.now() + CLEAR_MS;
  }

  #put(byte: number): void {
    if (this.#place === undefined || this.#place.column >= COLUMNS) return;
    this.#text[this.#place.row]![this.#place.column] = String.fromCharCode(byte);
    this.#place.column += 1;
  }
}

/** The model that `board.json` names. */
export default defineModel(v.strictObject({}), (_, clock) => new MyDisplayModel(clock));
