/** A rotary encoder: two switches that open and close a quarter of a turn of their pattern apart. Its push button is a contact of its own. */

import {
  type Channel,
  completeOptions,
  DriverError,
  flag,
  type GpioLines,
  type Info,
  type InputLine,
  integer,
  type LineEdge,
  type LineEdges,
  type OptionsOf,
  oneOf,
  type SensorDriver,
  type Time,
} from "@busbar/guest";
import { inOrder, phaseOf, QuadratureDecoder } from "./decoder.ts";

/** The options, their defaults, and the settings of a board file. Resistors, active level and debounce are the lines', in the board file. */
export const rotaryEncoderOptions = {
  /** Detents of a turn; of an encoder without detents, periods of one line. */
  detentsPerTurn: integer({ minimum: 1, maximum: 100_000 }, 20),
  /** Changes of the lines from one detent to the next; 1 is also for one without detents, whose every change counts. */
  stepsPerDetent: oneOf([1, 2, 4], 4),
  /** Whether it counts up where it would count down. */
  reverse: flag(false),
};

/** What can be set; see `rotaryEncoderOptions`. */
export type RotaryEncoderOptions = OptionsOf<typeof rotaryEncoderOptions>;

/** One reading; a new object for each. */
export interface RotaryEncoderSample {
  /** Degrees from where it was when it was opened; a turn is 360. */
  readonly angle: number;
}

/** After so many turns either way it is beyond what is counted. */
const MOST_TURNS = 1_000_000;
const DEGREES = 360;

/** A line, and its edges that were not counted yet. */
interface Watched {
  readonly line: InputLine;
  readonly edges: LineEdges;
  waiting: readonly LineEdge[];
}

/** The driver of one encoder, on the inputs "a" and "b". */
export class RotaryEncoder implements SensorDriver<keyof RotaryEncoderSample> {
  readonly info: Info = { vendor: "", model: "rotary encoder" };
  readonly channels: readonly (Channel & { readonly label: keyof RotaryEncoderSample })[];
  readonly #time: Time;
  readonly #options: RotaryEncoderOptions;
  readonly #a: Watched;
  readonly #b: Watched;
  #decoder: QuadratureDecoder;
  /** The detent that it was in last, as on the way to the next it still is. */
  #detent = 0;

  /**
   * Begins to count, from 0.
   *
   * @throws DriverError `invalid-argument`; `access-denied` where a line is not granted as an input; `unsupported` where it tells of no edges
   */
  constructor(lines: GpioLines, time: Time, options: Partial<RotaryEncoderOptions> = {}) {
    this.#options = completeOptions(rotaryEncoderOptions, options);
    const most = MOST_TURNS * DEGREES;
    const resolution = DEGREES / this.#options.detentsPerTurn;
    this.channels = [{ quantity: "angle", label: "angle", minimum: -most, maximum: most, resolution }];
    this.#time = time;
    this.#a = watched(lines.input("a"));
    this.#b = watched(lines.input("b"));
    this.#decoder = this.#begin();
  }

  /**
   * Where it is now. Does not wait: what was turned since the last reading is in the edges.
   *
   * @throws DriverError `protocol` once where edges were lost, and the angle is counted from 0 again; `bus` where a line is gone
   */
  read(): RotaryEncoderSample {
    const nowMs = this.#time.nowMs();
    const [a, b] = [this.#a, this.#b].map((line) => taken(line, nowMs));
    const lost = this.#a.edges.lost() + this.#b.edges.lost();
    // All of them: the one that shows a loss may be followed by others.
    const areWhole = inOrder(a!, b!).map((edge) => this.#decoder.take(edge));
    if (lost > 0 || areWhole.includes(false)) {
      this.#detent = 0;
      this.#decoder = this.#begin();
      throw DriverError.protocol(
        "Edges of the encoder were lost, so that its angle is not known: it counts from 0 again. Read it more often, or turn it more slowly.",
      );
    }
    return { angle: this.#angle() };
  }

  /** There is nothing to be put to rest. */
  close(): void {}

  /** From what the lines are now: edges from before say nothing new. */
  #begin(): QuadratureDecoder {
    const [a, b] = [this.#a.line.read(), this.#b.line.read()];
    const first = [this.#a, this.#b].map((line) => {
      line.waiting = [...line.waiting, ...line.edges.wait(0)];
      return line.waiting[0];
    });
    // Where one changed meanwhile, its edge says what it was.
    return new QuadratureDecoder(phaseOf(before(first[0], a), before(first[1], b)));
  }

  #angle(): number {
    const { detentsPerTurn, stepsPerDetent, reverse } = this.#options;
    const moved = Math.trunc((this.#decoder.steps - this.#detent * stepsPerDetent) / stepsPerDetent);
    this.#detent += moved;
    const angle = (this.#detent * DEGREES) / detentsPerTurn;
    return reverse && angle !== 0 ? -angle : angle;
  }
}

function watched(line: InputLine): Watched {
  return { line, edges: line.watch(), waiting: [] };
}

/** The edges up to a time; later ones wait, because one of the other line may have been before them. */
function taken(line: Watched, untilMs: number): readonly LineEdge[] {
  const edges = [...line.waiting, ...line.edges.wait(0)];
  line.waiting = edges.filter(({ timeMs }) => timeMs > untilMs);
  return edges.filter(({ timeMs }) => timeMs <= untilMs);
}

function before(edge: LineEdge | undefined, now: boolean): boolean {
  return edge === undefined ? now : !edge.active;
}
