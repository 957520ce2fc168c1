import type { Clock } from "../clock.ts";

/** A call into a driver took longer than its limit. It ends the instance: the guest is in the middle of something. */
export class CallTimeout extends Error {
  override readonly name = "CallTimeout";
}

/**
 * The instance was stopped while the guest was in the middle of something. It has no `payload`: jco would take that
 * for a WIT error, and the guest would go on.
 */
export class InstanceStopped extends Error {
  override readonly name = "InstanceStopped";
}

/**
 * The time that the current call into one instance may still take. The host can only step in where the guest asks it
 * for something, so this is checked at every import; it costs one look at the clock.
 */
export class CallBudget {
  readonly #clock: Clock;
  readonly #callMs: number;
  readonly #stop = new AbortController();
  #deadline = Number.POSITIVE_INFINITY;

  /** @param callMs the longest time of one call, in milliseconds */
  constructor(clock: Clock, callMs: number) {
    this.#clock = clock;
    this.#callMs = callMs;
  }

  /** A call begins. */
  begin(): void {
    this.#deadline = this.#clock.now() + this.#callMs;
  }

  /** The call has ended; until the next one, only destructors run. */
  end(): void {
    this.#deadline = Number.POSITIVE_INFINITY;
  }

  /** @throws CallTimeout or InstanceStopped */
  check(): void {
    this.#stop.signal.throwIfAborted();
    if (this.#clock.now() > this.#deadline) throw this.#timeout();
  }

  /**
   * Waits as a part of the current call.
   *
   * @throws CallTimeout when the call's time ends first; InstanceStopped
   */
  async sleep(ms: number): Promise<void> {
    this.#stop.signal.throwIfAborted();
    const left = this.#deadline - this.#clock.now();
    await this.#clock.sleep(Math.min(ms, Math.max(left, 0)), this.#stop.signal);
    if (ms > left) throw this.#timeout();
  }

  /** Ends whatever the guest waits for, and everything it asks for from now on, with InstanceStopped. */
  abort(reason: string): void {
    this.#stop.abort(new InstanceStopped(reason));
  }

  #timeout(): CallTimeout {
    return new CallTimeout(`the driver took longer than its limit of ${this.#callMs} ms`);
  }
}
