/** Waiting for the interrupt line of a part instead of asking it again and again. */

import type { Time } from "./board-time.ts";
import type { InputLine, LineEdge, LineEdges } from "./gpio-lines.ts";

/**
 * An input that a part makes active when it has something new, and inactive once that was read.
 *
 * What counts is the level; edges say when to look, and as long as they tell all of it nobody does. They do not always: the one that ends
 * what was read may be told late, two that are too fast for the controller are one, and a part that gets something new while it is read
 * keeps its line active, without any edge. Then the line is read once.
 *
 * @example
 * const ready = new DataReady(lines.input("data-ready"), time);
 * if (!ready.wait(2000)) throw DriverError.timeout("...");
 * const bytes = registers.readBlock(0x28, 4);
 */
export class DataReady {
  readonly #line: InputLine;
  readonly #edges: LineEdges;
  readonly #time: Time;
  /** What the line is; undefined where the edges do not tell, because what it was active for may have been read since. */
  #active: boolean | undefined;
  /** Since when edges count: what was told of before is in what was looked at then. */
  #lookedMs = Number.NEGATIVE_INFINITY;

  /**
   * Begins to watch the line, which may be active already.
   *
   * @throws DriverError `unsupported` where its controller tells of no edges; `bus`
   */
  constructor(line: InputLine, time: Time) {
    this.#line = line;
    this.#time = time;
    this.#edges = line.watch();
    this.#look();
  }

  /**
   * Waits until the part has something new, at most `timeoutMs` milliseconds. Returns at once where it has, from before too. Whoever is told
   * so reads it, which makes the line inactive; where that fails, the next call does not wait either.
   *
   * @returns false where the time passed and the line is inactive
   * @throws DriverError `bus` where the line is gone
   */
  wait(timeoutMs: number): boolean {
    const endMs = this.#time.nowMs() + timeoutMs;
    this.#note(this.#edges.wait(0));
    if (this.#active === undefined) this.#look();
    while (this.#active !== true) {
      const leftMs = Math.ceil(endMs - this.#time.nowMs());
      if (leftMs <= 0) {
        // An edge can be missing.
        if (!this.#look()) return false;
        break;
      }
      this.#note(this.#edges.wait(leftMs));
    }
    this.#active = undefined;
    return true;
  }

  #note(edges: readonly LineEdge[]): void {
    for (const { active, timeMs } of edges) {
      // Active after what was read may be from before it was: only the edge that ends it makes the next one a new one.
      if (timeMs >= this.#lookedMs && !(active && this.#active === undefined)) this.#active = active;
    }
  }

  #look(): boolean {
    this.#lookedMs = this.#time.nowMs();
    this.#active = this.#line.read();
    return this.#active;
  }
}
