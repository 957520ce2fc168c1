import { type CommonContext, overRate } from "../../instance/context.ts";
import { GpioError } from "./error.ts";
import type { OpenedLine } from "./line.ts";
import type { GpioState } from "./state.ts";

/** What pins do with their line: each call is counted, and one that is answered later is waited for as a part of the guest's call. */
export class PinCalls {
  readonly context: CommonContext;
  readonly line: OpenedLine;

  constructor(context: CommonContext, line: OpenedLine) {
    this.context = context;
    this.line = line;
  }

  /** @throws GpioError, also by a promise */
  read(): GpioState | Promise<GpioState> {
    this.count("read");
    return this.readCounted();
  }

  /** Reads as a part of a call that was counted already. @throws GpioError, also by a promise */
  readCounted(): GpioState | Promise<GpioState> {
    return this.#awaited(this.line.read());
  }

  /** @throws GpioError, also by a promise */
  set(state: GpioState): void | Promise<void> {
    this.count("set");
    return this.#awaited(this.line.set(state));
  }

  /** @throws GpioError, also by a promise */
  toggle(): void | Promise<void> {
    this.count("set");
    return this.#awaited(this.line.toggle());
  }

  /**
   * Counts a call, which then reaches the line.
   *
   * @param what is asked of the line: "set"
   * @throws GpioError where the rate is over
   */
  count(what: string): void {
    this.context.budget.check();
    const over = overRate(this.context, () => `gpio ${what} of the line "${this.line.name}"`);
    if (over !== undefined) throw new GpioError({ tag: "other", val: over }, over);
  }

  #awaited<Answer>(answer: Answer | Promise<Answer>): Answer | Promise<Answer> {
    return answer instanceof Promise ? this.context.budget.wait(answer) : answer;
  }
}
