/** What a GPIO driver is given: lines by the names that its README has for them. The classes wrap what WIT gives. */

import { DriverError, gpioFault } from "./errors.ts";
import type { GpioEdge, WasiGpioEdges, WasiGpioInOutPin, WasiGpioInPin, WasiGpioOutPin } from "./wit.ts";

/** A change of an input. */
export interface LineEdge {
  /** What it changed to. Two to the same state can follow each other where the line is faster than its controller. */
  readonly active: boolean;
  /** When, in milliseconds of the clock of `Time`, as exactly as the controller or the kernel knows. */
  readonly timeMs: number;
}

/** An output. All methods throw DriverError. */
export interface OutputLine {
  /** For messages. */
  readonly name: string;
  /** Makes it active or inactive. */
  set(active: boolean): void;
}

/** An input. All methods throw DriverError. */
export interface InputLine {
  /** For messages. */
  readonly name: string;
  /** Which voltage means "active", as the board file has it: a part whose output can be either is set to that. */
  readonly activeLevel: "high" | "low";
  /** Whether it is active now. */
  read(): boolean;
  /** Begins to keep its edges. `unsupported` where its controller tells of none. */
  watch(): LineEdges;
}

/** The edges of an input since `watch`, in their order. All methods throw DriverError. */
export interface LineEdges extends Disposable {
  /** Waits until there is one, at most `timeoutMs` milliseconds, then takes all that there are; none when none came. 0 does not wait. */
  wait(timeoutMs: number): readonly LineEdge[];
  /** How many were lost since the last call, because nobody took them in time. */
  lost(): number;
}

/** An output that can be read back, or a line that several drive. All methods throw DriverError. */
export interface InputOutputLine extends OutputLine {
  /** Whether it is active now. */
  read(): boolean;
}

/**
 * The lines of a device, by the names that the board file has for them. Each is opened once, but for one that is granted as "in-out": its edges
 * are those of the input of the same name. All methods throw DriverError.
 */
export interface GpioLines {
  /** Opens a line that the board grants as "in", or as "in-out". */
  input(name: string): InputLine;
  /** Opens a line that the board grants as "out", or as "in-out". */
  output(name: string): OutputLine;
  /** Opens a line that the board grants as "in-out". */
  inputOutput(name: string): InputOutputLine;
}

/** busbar:board/gpio. */
export interface GpioBoard {
  /** WIT `open-in`. */
  openIn(name: string, line: string): WasiGpioInPin;
  /** WIT `open-out`. */
  openOut(name: string, line: string): WasiGpioOutPin;
  /** WIT `open-in-out`. */
  openInOut(name: string, line: string): WasiGpioInOutPin;
  /** WIT `watch-edges`. */
  watchEdges(pin: WasiGpioInPin): WasiGpioEdges;
}

/** GpioLines over busbar:board/gpio. What is opened is released with `opened`. */
export class WasiGpioLines implements GpioLines {
  readonly #board: GpioBoard;
  readonly #device: string;
  readonly #opened: DisposableStack;

  constructor(board: GpioBoard, device: string, opened: DisposableStack) {
    this.#board = board;
    this.#device = device;
    this.#opened = opened;
  }

  /** As `GpioLines.input`. */
  input(name: string): InputLine {
    const pin = this.#open(name, () => this.#board.openIn(this.#device, name));
    return this.#opened.use(new WasiInputLine(this.#board, pin, name));
  }

  /** As `GpioLines.output`. */
  output(name: string): OutputLine {
    const pin = this.#open(name, () => this.#board.openOut(this.#device, name));
    return this.#opened.use(new WasiOutputLine(pin, name));
  }

  /** As `GpioLines.inputOutput`. */
  inputOutput(name: string): InputOutputLine {
    const pin = this.#open(name, () => this.#board.openInOut(this.#device, name));
    return this.#opened.use(new WasiInputOutputLine(pin, name));
  }

  #open<Pin>(name: string, open: () => Pin): Pin {
    try {
      return open();
    } catch (error) {
      throw gpioFault(error, `opening the line "${name}"`);
    }
  }
}

/** The base of the lines: a handle that is dropped once, because an engine traps when one is dropped twice. */
abstract class WasiLine<Pin extends Disposable> implements Disposable {
  readonly name: string;
  #pin: Pin | undefined;

  constructor(pin: Pin, name: string) {
    this.#pin = pin;
    this.name = name;
  }

  [Symbol.dispose](): void {
    const pin = this.#pin;
    this.#pin = undefined;
    pin?.[Symbol.dispose]();
  }

  /** @param doing what is asked of the line: "reading" */
  protected call<Result>(doing: string, call: (pin: Pin) => Result): Result {
    if (this.#pin === undefined) {
      throw DriverError.disconnected(`The line "${this.name}" was closed; open its device again.`);
    }
    try {
      return call(this.#pin);
    } catch (error) {
      throw gpioFault(error, `${doing} the line "${this.name}"`);
    }
  }
}

class WasiOutputLine extends WasiLine<WasiGpioOutPin> implements OutputLine {
  set(active: boolean): void {
    this.call("setting", (pin) => pin.setState(active ? "active" : "inactive"));
  }
}

class WasiInputLine extends WasiLine<WasiGpioInPin> implements InputLine {
  readonly #board: GpioBoard;
  readonly #watched = new DisposableStack();

  constructor(board: GpioBoard, pin: WasiGpioInPin, name: string) {
    super(pin, name);
    this.#board = board;
  }

  get activeLevel(): "high" | "low" {
    return this.call("asking about", (pin) =>
      pin.getConfig().activeLevel === "active-low" ? "low" : "high",
    );
  }

  read(): boolean {
    return this.call("reading", (pin) => pin.read() === "active");
  }

  watch(): LineEdges {
    const edges = this.call("watching", (pin) => this.#board.watchEdges(pin));
    return this.#watched.use(new WasiLineEdges(edges, this.name));
  }

  override [Symbol.dispose](): void {
    this.#watched.dispose();
    super[Symbol.dispose]();
  }
}

class WasiInputOutputLine extends WasiLine<WasiGpioInOutPin> implements InputOutputLine {
  set(active: boolean): void {
    this.call("setting", (pin) => pin.setState(active ? "active" : "inactive"));
  }

  read(): boolean {
    return this.call("reading", (pin) => pin.read() === "active");
  }
}

class WasiLineEdges extends WasiLine<WasiGpioEdges> implements LineEdges {
  wait(timeoutMs: number): readonly LineEdge[] {
    // `| 0`: a u32 of 2^31 and more is whole as a negative number, in both engines.
    const edges: readonly GpioEdge[] = this.call("waiting for", (edges) => edges.wait(timeoutMs | 0));
    return edges.map(({ state, timeMs }) => ({ active: state === "active", timeMs }));
  }

  lost(): number {
    return this.call("watching", (edges) => edges.lost() >>> 0);
  }
}
