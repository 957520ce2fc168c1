import type { StartedComponent } from "../component/artifact.ts";
import { DeviceError, deviceAnswer } from "../device/error.ts";
import { HostError } from "../error.ts";
import { CallTimeout } from "./budget.ts";
import type { InstanceContext } from "./context.ts";

/** How a call is made. */
export interface CallOptions {
  readonly yields?: boolean;
  readonly answer?: (device: string, thrown: unknown) => Error | undefined;
}

/**
 * One life of a driver: from its instantiation until it is stopped or traps. Calls go in one after the other, as the
 * component model asks for.
 */
export class DriverInstance {
  /** What its imports work with. */
  readonly context: InstanceContext;
  readonly #component: StartedComponent;
  readonly #exports: Record<string, unknown>;
  readonly #onTrap: (reason: string) => void;
  readonly #waiting: { readonly resolve: () => void; readonly yields: boolean }[] = [];
  readonly #opened = new Set<{ close(): unknown }>();
  #busy = false;
  /** Whether the call under way only waits for what a device may send. */
  #yields = false;
  #ended: DeviceError | undefined;

  /**
   * @param exportName the device interface that the component exports; undefined for all its exports
   * @param onTrap called once, if this life ends by a trap or a call that takes too long
   */
  constructor(
    context: InstanceContext,
    component: StartedComponent,
    exportName: string | undefined,
    onTrap: (reason: string) => void,
  ) {
    const { exports } = component;
    this.context = context;
    this.#component = component;
    this.#exports = exportName === undefined ? exports : (exports[exportName] as Record<string, unknown>);
    this.#onTrap = onTrap;
  }

  /** The longest time that a call may take, in milliseconds; a longer one ends this life. */
  get callMs(): number {
    return this.context.entry.limits.callMs;
  }

  /** Whether calls still reach the guest. */
  get alive(): boolean {
    return this.#ended === undefined;
  }

  /** Why a device that it was started with is not there any more; undefined while all are. */
  get lost(): string | undefined {
    for (const { lost } of this.context.opened.values()) if (lost !== undefined) return lost;
    return undefined;
  }

  /**
   * Calls into the guest, after all calls before.
   *
   * @param invoke gets the exported device interface, and calls it
   * @param options `yields`: whether it only waits for what a device may send: when another call comes, the transfer that it waits
   *   for ends early, in `timeout`, so that it returns with nothing and can be made again. `answer` makes the caller's
   *   error out of one that the guest returned, and undefined out of a trap; a DeviceError by default
   * @throws what `answer` makes; DeviceError: `disconnected` when the guest trapped or has ended, `timeout` when it took
   *   longer than its limit, which ends it too
   */
  async call<T>(
    invoke: (exports: Record<string, unknown>) => T | Promise<T>,
    { yields = false, answer = deviceAnswer }: CallOptions = {},
  ): Promise<T> {
    const turn = this.#turn(yields);
    if (turn !== undefined) await turn;
    try {
      return await this.context.budget.run(() => invoke(this.#exports));
    } catch (thrown) {
      throw answer(this.context.device, thrown) ?? this.#explain(thrown);
    } finally {
      this.#next();
    }
  }

  /** A guest's device was opened in this life: `release` closes it, unless `closed` said that it is already. */
  opened(device: { close(): unknown }): void {
    this.#opened.add(device);
  }

  /** The counterpart of `opened`. */
  closed(device: { close(): unknown }): void {
    this.#opened.delete(device);
  }

  /** Closes what is open, so that no part goes on measuring; unless a call is under way, which must not be waited for. */
  async release(): Promise<void> {
    for (const device of this.#opened) {
      if (this.#busy || !this.alive) return;
      // A part that does not answer any more needs no sleep.
      await this.call(() => device.close()).catch(() => undefined);
    }
  }

  /** Drops a guest resource after all calls before; its destructor releases the device. */
  async drop(resource: object): Promise<void> {
    await this.#turn(false);
    try {
      if (this.alive)
        await this.context.budget.run(() => (resource as Partial<Disposable>)[Symbol.dispose]?.());
    } catch (thrown) {
      this.#explain(thrown);
    } finally {
      this.#next();
    }
  }

  /** Ends this life: the waiting call, if there is one, ends with `disconnected`, and so does every later one. */
  stop(reason: string): void {
    if (!this.alive) return;
    this.#ended = this.#disconnected(reason);
    this.#component.end(this.#ended);
    this.context.budget.abort(reason);
    for (const opened of this.context.opened.values()) void opened.end();
  }

  /** Waits for the calls before, not long for one that yields. Those that yield do not hurry each other. */
  #turn(yields: boolean): Promise<void> | undefined {
    if (!this.#busy) {
      this.#busy = true;
      this.#yields = yields;
      return undefined;
    }
    if (this.#yields && !yields) this.context.budget.hurry();
    return new Promise<void>((resolve) => this.#waiting.push({ resolve, yields }));
  }

  #next(): void {
    const next = this.#waiting.shift();
    this.#busy = next !== undefined;
    this.#yields = next?.yields ?? false;
    if (this.#yields && this.#waiting.some((each) => !each.yields)) this.context.budget.hurry();
    next?.resolve();
  }

  /** Turns a call's failure that the guest did not return into the caller's error; a trap ends this life. */
  #explain(thrown: unknown): unknown {
    if (thrown instanceof HostError) return thrown;
    // Stopped from outside, in the middle of this call or before it: not the guest's fault.
    if (this.#ended !== undefined) return this.#ended;
    const timedOut = thrown instanceof CallTimeout;
    const reason = timedOut ? thrown.message : `the driver failed: ${(thrown as Error)?.message ?? thrown}`;
    this.stop(reason);
    this.#onTrap(reason);
    return timedOut
      ? new DeviceError(this.context.device, { tag: "timeout", val: reason }, { cause: thrown })
      : this.#disconnected(reason, thrown);
  }

  #disconnected(reason: string, cause?: unknown): DeviceError {
    return new DeviceError(this.context.device, { tag: "disconnected", val: reason }, { cause });
  }
}
