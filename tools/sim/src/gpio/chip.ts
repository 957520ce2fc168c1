import type { Clock } from "@busbar/host";
import {
  BackendError,
  GpioError,
  type GpioLevel,
  type GpioLine,
  type GpioLineUse,
} from "@busbar/host/backend";
import type { GpioPart } from "@busbar/model";
import type { GpioFault } from "./faults.ts";
import { SimulatedLine } from "./line.ts";
import { wirePart } from "./wire.ts";

/** A simulated GPIO chip: lines by offset, as many as are asked for. */
export class SimulatedGpioChip {
  readonly #clock: Clock;
  readonly #lines = new Map<number, SimulatedLine>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Wires a part to lines.
   *
   * @param lines the offsets, by the part's own names for its lines
   * @throws RangeError where another part has one of them
   */
  attach(part: GpioPart, lines: Readonly<Record<string, number>>): void {
    wirePart(
      part,
      Object.entries(lines).map(([name, offset]) => ({ name, line: this.line(offset) })),
    );
  }

  /** Something goes wrong with a line from now on. */
  inject(offset: number, fault: GpioFault): void {
    this.line(offset).inject(fault);
  }

  /** Drives a line by hand, as a finger on a button does; undefined lets it go. */
  drive(offset: number, level: GpioLevel | undefined): void {
    this.line(offset).drive(level);
  }

  /** What is on a line now. */
  level(offset: number): GpioLevel {
    return this.line(offset).level;
  }

  /** Whether the controller drives a line. */
  isDriven(offset: number): boolean {
    return this.line(offset).isDriven;
  }

  /**
   * Opens a line, as the backend of a host does.
   *
   * @throws BackendError where it is taken, or asked for by a name: the lines of simulated chips have offsets only
   */
  open(use: GpioLineUse): GpioLine {
    const { chip, device, line: offset } = use;
    if (typeof offset !== "number") {
      throw new BackendError(
        `${device}: the simulated chip ${JSON.stringify(chip)} has no line ${JSON.stringify(offset)}; give its offset.`,
      );
    }
    const line = this.line(offset);
    if (line.isOpen) {
      throw new BackendError(
        `${device}: line ${offset} of the simulated chip ${JSON.stringify(chip)} is in use; close what has it.`,
      );
    }
    line.open(use);
    return new OpenedSimulatedLine(line);
  }

  /** When a line changes next by itself, on the clock; undefined where that never happens unless something is done to it. */
  nextChange(offset: number): number | undefined {
    return this.line(offset).nextChange;
  }

  /** One of its lines, to wire something to. */
  line(offset: number): SimulatedLine {
    let line = this.#lines.get(offset);
    if (line === undefined) {
      line = new SimulatedLine(this.#clock);
      this.#lines.set(offset, line);
    }
    return line;
  }
}

/** A line that a controller has, until it gives it back. */
class OpenedSimulatedLine implements GpioLine {
  readonly #line: SimulatedLine;
  #isClosed = false;

  constructor(line: SimulatedLine) {
    this.#line = line;
  }

  read(): GpioLevel {
    return this.#opened().read();
  }

  write(level: GpioLevel): void {
    this.#opened().write(level);
  }

  watch(...[listener]: Parameters<GpioLine["watch"]>): Disposable {
    return this.#opened().watch(listener);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#line.close();
  }

  #opened(): SimulatedLine {
    if (this.#isClosed)
      throw new GpioError({ tag: "other", val: "the line is closed" }, "the line is closed");
    return this.#line;
  }
}
