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
  readonly #waiting = new Set<(reason: Error) => void>();
  #deadline = Number.POSITIVE_INFINITY;
  /** Ends the timer of the current call, where something waits or has waited in it. */
  #timer: AbortController | undefined;

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
    this.#timer?.abort();
    this.#timer = undefined;
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

  /**
   * Waits for `work` as a part of the current call.
   *
   * @throws what `work` rejects with; CallTimeout when the call's time ends first; InstanceStopped
   */
  wait<T>(work: Promise<T>): Promise<T> {
    if (this.#stop.signal.aborted) return Promise.reject(this.#stop.signal.reason);
    this.#startTimer();
    return new Promise<T>((resolve, reject) => {
      this.#waiting.add(reject);
      work.then(
        (value) => {
          this.#waiting.delete(reject);
          resolve(value);
        },
        (error) => {
          this.#waiting.delete(reject);
          reject(error);
        },
      );
    });
  }

  /** Ends whatever the guest waits for, and everything it asks for from now on, with InstanceStopped. */
  abort(reason: string): void {
    const stopped = new InstanceStopped(reason);
    this.#stop.abort(stopped);
    this.#timer?.abort();
    this.#interrupt(stopped);
  }

  /** One timer for a call, however often it waits. */
  #startTimer(): void {
    if (this.#timer !== undefined || this.#deadline === Number.POSITIVE_INFINITY) return;
    const timer = new AbortController();
    this.#timer = timer;
    const left = Math.max(this.#deadline - this.#clock.now(), 0);
    this.#clock.sleep(left, timer.signal).then(
      () => this.#interrupt(this.#timeout()),
      () => undefined,
    );
  }

  #interrupt(reason: Error): void {
    for (const reject of this.#waiting) reject(reason);
    this.#waiting.clear();
  }

  #timeout(): CallTimeout {
    return new CallTimeout(`the driver took longer than its limit of ${this.#callMs} ms`);
  }
}
