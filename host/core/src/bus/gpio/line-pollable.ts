import { EventPollable, type Readiness } from "../../interfaces/wasi-poll.ts";
import { Waiters } from "../../waiters.ts";
import type { PinCalls } from "./pin-calls.ts";
import type { GpioState } from "./state.ts";

/** `pollable` of a line: ready for good once the line has come to a state. */
export class LinePollable extends EventPollable {
  readonly #arrival: Arrival;
  readonly #watch: Disposable;

  /** @throws GpioError `operation-not-supported` */
  constructor({ context, line }: PinCalls, state: GpioState) {
    const arrival = new Arrival();
    super(context, arrival);
    this.#arrival = arrival;
    this.#watch = line.watch((edge) => {
      if (edge.state === state) this.arrive();
    });
  }

  /** It is there. */
  arrive(): void {
    this.#arrival.arrive();
    this.#watch[Symbol.dispose]();
  }

  override [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
  }
}

/** Happens once. */
class Arrival implements Readiness {
  readonly #waiters = new Waiters();
  isReady = false;

  arrive(): void {
    this.isReady = true;
    this.#waiters.wake();
  }

  async change(over: AbortSignal): Promise<void> {
    if (!this.isReady) await this.#waiters.wait(over);
  }
}
