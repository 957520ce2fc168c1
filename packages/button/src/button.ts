/** A button, or any other contact between a line and ground or supply: a reed contact, a float, a limit switch. */

import {
  type ContactChange,
  type ContactChanges,
  type ContactDriver,
  type ContactInfo,
  completeOptions,
  type GpioLines,
  type InputLine,
  type LineEdge,
  type LineEdges,
  type OptionsOf,
  type Time,
} from "@busbar/guest";

/** A button has no options: resistor, active level and debounce are the line's, in the board file. */
export const buttonOptions = {};

/** What can be set: nothing. */
export type ButtonOptions = OptionsOf<typeof buttonOptions>;

/** The driver of one button, on the input "button": it is closed while that is active. */
export class Button implements ContactDriver {
  readonly info: ContactInfo = { vendor: "", model: "button" };
  readonly #line: InputLine;
  readonly #edges: LineEdges;
  /** Edges that were taken before anybody asked for changes. */
  #taken: readonly LineEdge[];
  /** What it was after the last change that was told. */
  #last: boolean;

  /**
   * Begins to note the changes.
   *
   * @throws DriverError `access-denied` where the line is not granted as an input; `unsupported` where it tells of no edges
   */
  constructor(lines: GpioLines, _time?: Time, options: Partial<ButtonOptions> = {}) {
    completeOptions(buttonOptions, options);
    this.#line = lines.input("button");
    this.#edges = this.#line.watch();
    const now = this.#line.read();
    // An edge between the two says what the line was before it; without one, it was what it is.
    this.#taken = this.#edges.wait(0);
    const first = this.#taken[0];
    this.#last = first === undefined ? now : !first.active;
  }

  /** @throws DriverError `bus` where the line cannot be read */
  isClosed(): boolean {
    return this.#line.read();
  }

  /** @throws DriverError `bus` where the line is gone */
  nextChanges(timeoutMs: number): ContactChanges {
    const edges = this.#taken.length > 0 ? this.#taken : this.#edges.wait(timeoutMs);
    this.#taken = [];
    return { changes: this.#changesOf(edges), lost: this.#edges.lost() > 0 };
  }

  /** There is nothing to be put to rest. */
  close(): void {}

  /** A second edge to a state is none: the one between was too fast for the controller, and is over. */
  #changesOf(edges: readonly LineEdge[]): ContactChange[] {
    const changes: ContactChange[] = [];
    for (const { active, timeMs } of edges) {
      if (active === this.#last) continue;
      this.#last = active;
      changes.push({ closed: active, timeMs });
    }
    return changes;
  }
}
