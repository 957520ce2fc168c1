import type { Clock } from "../clock.ts";

/** A call into a driver took longer than its limit. It ends the instance: the guest is in the middle of something. */
export class CallTimeout extends Error {
  override readonly name = "CallTimeout";
}

/**
 * The instance was stopped while the guest was in the middle of something. It has no `payload`, which would make it an
 * error of WIT, and the guest would go on.
 */
export class InstanceStopped extends Error {
  override readonly name = "InstanceStopped";
}

/**
 * The time that the current call into one instance may still take. It is checked whenever the guest asks the host for
 * something, and every few milliseconds while it computes; waits are ended by it.
 */
export class CallBudget {
  readonly #clock: Clock;
  readonly #callMs: number;
  readonly #stop = new AbortController();
  readonly #waiting = new Set<(reason: Error) => void>();
  #deadline = Number.POSITIVE_INFINITY;
  /** Whether the current call's waits for a device are to end, because another call waits for its turn. */
  #hurried = false;
  /** Ends what the current call waits for, where that can be ended early. */
  #cutShort: (() => void) | undefined;
  /** Rejects the current call. */
  #rejectCall: ((reason: Error) => void) | undefined;
  /** Ends the timer of the current call, where something waits or has waited in it. */
  #timer: AbortController | undefined;

  /** @param callMs the longest time of one call, in milliseconds */
  constructor(clock: Clock, callMs: number) {
    this.#clock = clock;
    this.#callMs = callMs;
  }

  /**
   * Runs one call within its time. A call that waits for what cannot be ended, a native call that hangs, is given up.
   *
   * @throws what `call` rejects with; CallTimeout; InstanceStopped
   */
  run<T>(call: () => T | Promise<T>): Promise<T> {
    this.#deadline = this.#clock.now() + this.#callMs;
    return new Promise<T>((resolve, reject) => {
      // A call that was given up may end later: it is over already then.
      const failed = (reason: unknown) => {
        if (this.#rejectCall === failed) this.#over();
        reject(reason);
      };
      const succeeded = (value: T) => {
        if (this.#rejectCall === failed) this.#over();
        resolve(value);
      };
      this.#rejectCall = failed;
      try {
        this.check();
        const result = call();
        if (result instanceof Promise) result.then(succeeded, failed);
        else succeeded(result);
      } catch (thrown) {
        failed(thrown);
      }
    });
  }

  #over(): void {
    this.#rejectCall = undefined;
    this.#hurried = false;
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
   * @throws CallTimeout when the call's time is over before, InstanceStopped when the instance ends
   */
  async sleep(ms: number): Promise<void> {
    this.check();
    const left = this.#deadline - this.#clock.now();
    await this.#clock.sleep(Math.min(ms, Math.max(left, 0)), this.#stop.signal);
    if (ms <= left) return;
    const timeout = this.#timeout();
    this.#end(timeout);
    throw timeout;
  }

  /**
   * Waits for work as a part of the current call.
   *
   * @param cutShort makes `work` end soon; called when `hurry` is, at once where it has been
   * @throws what `work` rejects with; CallTimeout; InstanceStopped
   */
  wait<T>(work: Promise<T>, cutShort?: () => void): Promise<T> {
    if (this.#stop.signal.aborted) return Promise.reject(this.#stop.signal.reason);
    this.#startTimer();
    this.#cutShort = cutShort;
    if (this.#hurried) cutShort?.();
    return new Promise<T>((resolve, reject) => {
      this.#waiting.add(reject);
      const ended = () => {
        this.#waiting.delete(reject);
        this.#cutShort = undefined;
      };
      work.then(
        (value) => {
          ended();
          resolve(value);
        },
        (error) => {
          ended();
          reject(error);
        },
      );
    });
  }

  /** Cuts short what the current call waits for from now on, where that can be cut short. */
  hurry(): void {
    this.#hurried = true;
    this.#cutShort?.();
  }

  /** Ends whatever the guest waits for, and everything it asks for from now on, with InstanceStopped. */
  abort(reason: string): void {
    this.#end(new InstanceStopped(reason));
  }

  #end(reason: Error): void {
    this.#stop.abort(reason);
    this.#timer?.abort();
    for (const reject of this.#waiting) reject(reason);
    this.#waiting.clear();
    this.#rejectCall?.(reason);
  }

  /** One timer for a call, however often it waits. */
  #startTimer(): void {
    if (this.#timer !== undefined || this.#deadline === Number.POSITIVE_INFINITY) return;
    const timer = new AbortController();
    this.#timer = timer;
    const left = Math.max(this.#deadline - this.#clock.now(), 0);
    this.#clock.sleep(left, timer.signal).then(
      () => this.#end(this.#timeout()),
      () => undefined,
    );
  }

  #timeout(): CallTimeout {
    return new CallTimeout(`the driver took longer than its limit of ${this.#callMs} ms`);
  }
}
