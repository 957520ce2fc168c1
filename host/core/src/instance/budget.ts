import type { Clock } from "../clock.ts";
import { UsbError } from "../usb/error.ts";

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
  /** Whether the current call's waits for a device are to end, because another call waits for its turn. */
  #hurried = false;
  /** Ends what the current call waits for, where that can be ended early. */
  #cutShort: (() => void) | undefined;
  /** Whether the guest was let out of a wait, to run into the end. */
  #unwinding = false;
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
   * Runs one call within its time.
   *
   * An import that waits and then fails outside of its WIT error must end the call, but jco 1.35 never settles a call
   * whose suspended import rejects. So the end of its time, and the end of the instance, settle it here.
   *
   * @throws what `call` rejects with; CallTimeout; InstanceStopped
   */
  async run<T>(call: () => T | Promise<T>): Promise<T> {
    this.#deadline = this.#clock.now() + this.#callMs;
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#rejectCall = reject;
        Promise.resolve(call()).then(resolve, reject);
      });
    } finally {
      // Until the next call, only destructors run.
      this.#rejectCall = undefined;
      this.#hurried = false;
      this.#deadline = Number.POSITIVE_INFINITY;
      this.#timer?.abort();
      this.#timer = undefined;
    }
  }

  /** @throws CallTimeout or InstanceStopped */
  check(): void {
    this.#stop.signal.throwIfAborted();
    if (this.#clock.now() > this.#deadline) throw this.#timeout();
  }

  /**
   * `check` for a USB call that waits, before it does anything: such a call may fail only as one that was cut short.
   *
   * @throws UsbError `interrupted`; the guest's next plain call of the host throws CallTimeout or InstanceStopped
   */
  checkWaiting(): void {
    try {
      this.check();
    } catch (cause) {
      throw interrupted({ cause });
    }
  }

  /**
   * Waits as a part of the current call. A wait that is cut short, by the call's time or by the end of the instance,
   * ends as if it were over; the guest's next call of the host throws.
   *
   * @throws CallTimeout or InstanceStopped when the guest, cut short once, waits again
   */
  async sleep(ms: number): Promise<void> {
    const left = this.#deadline - this.#clock.now();
    try {
      await this.#clock.sleep(Math.min(ms, Math.max(left, 0)), this.#stop.signal);
      if (ms > left) this.#end(this.#timeout());
    } catch (thrown) {
      if (thrown !== this.#stop.signal.reason) throw thrown;
    }
    if (this.#stop.signal.aborted) this.#unwind();
  }

  /**
   * Waits for a USB call as a part of the current call. A wait that is cut short ends in `interrupted`, as a cancelled
   * transfer does: the guest unwinds by itself, and its next plain call of the host throws.
   *
   * @param cutShort makes `work` end soon; called when `hurry` is, at once where it has been
   * @throws what `work` rejects with; UsbError `interrupted`
   */
  wait<T>(work: Promise<T>, cutShort?: () => void): Promise<T> {
    if (this.#stop.signal.aborted) return Promise.reject(interrupted());
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
    this.#interrupt(reason);
  }

  /**
   * jco 1.35 loses a guest whose suspended import rejects, and the engine then keeps its stack for ever. So the first
   * wait of a guest that has to end only ends early: the next import, if it is a plain call, throws and unwinds it.
   */
  #unwind(): void {
    if (this.#unwinding) throw this.#stop.signal.reason;
    this.#unwinding = true;
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

  /** Ends the current call, and whatever it waits for: the guest unwinds, and its caller hears at once. */
  #interrupt(reason: Error): void {
    for (const reject of this.#waiting) reject(interrupted());
    this.#waiting.clear();
    this.#rejectCall?.(reason);
  }

  #timeout(): CallTimeout {
    return new CallTimeout(`the driver took longer than its limit of ${this.#callMs} ms`);
  }
}

function interrupted(options?: ErrorOptions): UsbError {
  return new UsbError("interrupted", "the driver is being stopped", options);
}
