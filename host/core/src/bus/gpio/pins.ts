/** wasi:gpio/digital@0.2.0 as a driver instance gets it: each call is counted, and what is done with the line traced. */

import type { CommonContext } from "../../instance/context.ts";
import { InstanceHandle } from "../../instance/handle.ts";
import { Pollable } from "../../interfaces/wasi-poll.ts";
import type { GpioDirection } from "./backend.ts";
import type { OpenedLine } from "./line.ts";
import { LinePollable } from "./line-pollable.ts";
import { PinCalls } from "./pin-calls.ts";
import type { GpioState } from "./state.ts";

/** wasi:gpio/digital `digital-config`. */
export interface DigitalConfig {
  readonly label: string;
  readonly pinMode: GpioDirection;
  readonly activeLevel: "active-high" | "active-low";
  readonly pullResistor?: "pull-up" | "pull-down" | undefined;
}

/** What pins of all modes have. */
abstract class Pin extends InstanceHandle {
  /** For the host: no component can reach what is no method. */
  readonly calls: PinCalls;
  readonly #mode: GpioDirection;

  constructor(context: CommonContext, line: OpenedLine, mode: GpioDirection) {
    super(context.budget);
    this.calls = new PinCalls(context, line);
    this.#mode = mode;
  }

  getConfig(): DigitalConfig {
    const { context, line } = this.calls;
    context.budget.check();
    const { activeLevel, pull } = line.grant;
    return { label: line.name, pinMode: this.#mode, activeLevel, pullResistor: pull && `pull-${pull}` };
  }

  /** A pin is ready from the start: its line was opened before. */
  watchForReady(): Pollable {
    const { context } = this.calls;
    context.budget.check();
    return new Pollable(context, Number.NEGATIVE_INFINITY);
  }
}

/** wasi:gpio/digital `digital-out-pin`. */
export class DigitalOutPin extends Pin {
  constructor(context: CommonContext, line: OpenedLine) {
    super(context, line, "out");
  }

  setState(state: GpioState): void | Promise<void> {
    return this.calls.set(state);
  }

  setActive(): void | Promise<void> {
    return this.calls.set("active");
  }

  setInactive(): void | Promise<void> {
    return this.calls.set("inactive");
  }

  toggle(): void | Promise<void> {
    return this.calls.toggle();
  }
}

/** What the pins have that can be read. */
abstract class ReadablePin extends Pin {
  read(): GpioState | Promise<GpioState> {
    return this.calls.read();
  }

  isActive(): boolean | Promise<boolean> {
    return this.#is("active");
  }

  isInactive(): boolean | Promise<boolean> {
    return this.#is("inactive");
  }

  /** Ready once the line is, or was since then, in this state. */
  watchState(state: GpioState): Pollable | Promise<Pollable> {
    const { calls } = this;
    calls.count("watch");
    // Before the line is read, so that no edge between the two is missed.
    const pollable = new LinePollable(calls, state);
    const arrived = (found: GpioState) => {
      if (found === state) pollable.arrive();
      return pollable;
    };
    const failed = (error: unknown): never => {
      pollable[Symbol.dispose]();
      throw error;
    };
    try {
      const answer = calls.readCounted();
      return answer instanceof Promise ? answer.then(arrived, failed) : arrived(answer);
    } catch (error) {
      return failed(error);
    }
  }

  watchActive(): Pollable | Promise<Pollable> {
    return this.watchState("active");
  }

  watchInactive(): Pollable | Promise<Pollable> {
    return this.watchState("inactive");
  }

  /** Falling: the line becomes inactive, whichever voltage that is. */
  watchFallingEdge(): Pollable {
    return this.#watchEdge("inactive");
  }

  /** Rising: the line becomes active, whichever voltage that is. */
  watchRisingEdge(): Pollable {
    return this.#watchEdge("active");
  }

  #watchEdge(state: GpioState): Pollable {
    this.calls.count("watch");
    return new LinePollable(this.calls, state);
  }

  #is(state: GpioState): boolean | Promise<boolean> {
    const answer = this.read();
    return answer instanceof Promise ? answer.then((found) => found === state) : answer === state;
  }
}

/** wasi:gpio/digital `digital-in-pin`. */
export class DigitalInPin extends ReadablePin {
  constructor(context: CommonContext, line: OpenedLine) {
    super(context, line, "in");
  }
}

/** wasi:gpio/digital `digital-in-out-pin`. */
export class DigitalInOutPin extends ReadablePin {
  constructor(context: CommonContext, line: OpenedLine) {
    super(context, line, "in-out");
  }

  setState(state: GpioState): void | Promise<void> {
    return this.calls.set(state);
  }

  setActive(): void | Promise<void> {
    return this.calls.set("active");
  }

  setInactive(): void | Promise<void> {
    return this.calls.set("inactive");
  }

  toggle(): void | Promise<void> {
    return this.calls.toggle();
  }
}

const outputs = ["set-state", "set-active", "set-inactive", "toggle"];
const inputs = ["read", "is-active", "is-inactive", "watch-state", "watch-active", "watch-inactive"];

/** The functions of wasi:gpio/digital that wait where the lines answer later. */
export const pinWaits: readonly string[] = [
  ...outputs.map((name) => `[method]digital-out-pin.${name}`),
  ...inputs.map((name) => `[method]digital-in-pin.${name}`),
  ...[...outputs, ...inputs].map((name) => `[method]digital-in-out-pin.${name}`),
];
