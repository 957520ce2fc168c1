import type { CommonEntry } from "../board/entry.ts";
import type { BusWire } from "../bus/module.ts";
import type { BusOpened, OpenedBuses } from "../bus/opened.ts";
import { endAll } from "../bus/running.ts";
import type { Clock } from "../clock.ts";
import type { LoadedComponent } from "../component/artifact.ts";
import { paceOf, processorNow } from "../component/pace-of.ts";
import { startFailure } from "../component/start-failure.ts";
import { DeviceError } from "../device/error.ts";
import type { DeviceQuota } from "../grants/quota.ts";
import { implementations, waitingIn } from "../link/grant.ts";
import type { Link } from "../link/link.ts";
import type { LifecycleEvent } from "../trace/events.ts";
import type { Trace } from "../trace/trace.ts";
import { unlessAborted } from "../unless-aborted.ts";
import { CallBudget } from "./budget.ts";
import type { CommonContext } from "./context.ts";
import { DriverInstance } from "./instance.ts";

/** The first wait before a driver that trapped is started again; it doubles with each trap. */
const firstBackOffMs = 100;
const longestBackOffMs = 30_000;
/** A life this long shows that the driver works: the next trap starts the back-off anew. */
const healthyLifeMs = 60_000;

/** What a supervisor starts its driver with. */
export interface Supervised {
  readonly device: string;
  readonly entry: CommonEntry;
  readonly artifact: LoadedComponent;
  readonly link: Link;
  /** Of all its lives together. */
  readonly quota: DeviceQuota;
  readonly clock: Clock;
  readonly trace: Trace;
  /** What the entry is wired to. */
  readonly wires: readonly BusWire[];
  /** What has to be over before the driver may start: the end of the drivers in whose place it comes. */
  readonly after: Promise<unknown>;
}

/** Keeps the driver of one board entry running: starts it when it is needed, and again, with back-off, after a trap. */
export class Supervisor {
  readonly #supervised: Supervised;
  #instance: Promise<DriverInstance> | undefined;
  /** The last that started. */
  #alive: DriverInstance | undefined;
  #backOffMs = firstBackOffMs;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #startedMs = 0;
  readonly #stop = new AbortController();
  /** Whatever it is wired to, behind a bridge for one, may stay longer than this. */
  readonly #watching = new DisposableStack();
  /** Of the last life that began. */
  #opened: ReadonlyMap<string, BusOpened> = new Map();

  constructor(supervised: Supervised) {
    this.#supervised = supervised;
    for (const { wiring } of supervised.wires)
      this.#watching.use(wiring.watch?.((event) => this.#presenceChanged(event)));
  }

  /**
   * The running instance, started first where there is none. Where its device is not plugged in, it waits for that.
   *
   * @throws HostError when it cannot be started; DeviceError `disconnected` when the board is closed
   */
  async instance(): Promise<DriverInstance> {
    this.#stop.signal.throwIfAborted();
    this.#instance ??= this.#start();
    const started = this.#instance;
    try {
      const instance = await started;
      if (instance.alive) return instance;
    } catch (cause) {
      this.#forget(started);
      throw cause;
    }
    this.#forget(started);
    return this.instance();
  }

  /** Of several callers who waited for the same life, the first to wake starts the next one, and only that one. */
  #forget(started: Promise<DriverInstance>): void {
    if (this.#instance === started) this.#instance = undefined;
  }

  /** Whether its driver has started, and lives. */
  get running(): boolean {
    return this.#alive?.alive === true;
  }

  /** Stops the instance; nothing starts any more. */
  async stop(reason = "the board was closed"): Promise<void> {
    this.#stop.abort(this.#closed(reason));
    this.#watching.dispose();
    const instance = await this.#instance?.catch(() => undefined);
    await instance?.release();
    if (instance?.alive) {
      instance.stop(reason);
      this.#tell("stopped", reason);
    }
    await endAll(this.#opened);
  }

  async #start(): Promise<DriverInstance> {
    const { after, artifact, clock, device, entry, link, quota, trace } = this.#supervised;
    // What has to be over may itself be what stops this.
    await unlessAborted(after, this.#stop.signal);
    this.#stop.signal.throwIfAborted();
    const wait = this.#notBeforeMs - clock.now();
    if (wait > 0) await clock.sleep(wait, this.#stop.signal);
    const budget = new CallBudget(clock, entry.limits.callMs);
    const common = { device, entry, clock, trace, budget, quota };
    const opened = await this.#openBuses(common);
    const context = { ...common, opened };
    try {
      const started = await budget.run(() =>
        artifact.start({
          imports: implementations(link.offers, context),
          waits: waitingIn(link.offers, context),
          memoryMiB: entry.limits.memoryMiB,
          check: () => budget.check(),
          now: processorNow,
          pace: paceOf(clock),
        }),
      );
      this.#startedMs = clock.now();
      this.#tell("started");
      this.#alive = new DriverInstance(context, started, link.exportName, (reason) => this.#trapped(reason));
      return this.#alive;
    } catch (cause) {
      await endAll(opened);
      throw startFailure(device, artifact.label, cause);
    }
  }

  /** Opens what the entry is wired to. */
  async #openBuses(context: CommonContext): Promise<OpenedBuses> {
    const { quota, wires } = this.#supervised;
    // The life before has to give everything back first.
    await endAll(this.#opened);
    const opened = new Map<string, BusOpened>();
    this.#opened = opened;
    const { signal } = this.#stop;
    const waiting = (reason: string) => this.#tell("waiting", reason);
    // What has to be waited for comes first: nothing else is held meanwhile.
    const isAwaited = ({ wiring }: BusWire) => wiring.watch !== undefined;
    const inOrder = [...wires.filter(isAwaited), ...wires.filter((wire) => !isAwaited(wire))];
    try {
      for (const { module, wiring } of inOrder) {
        const counts = quota.countsOf(module)!;
        opened.set(module.key, await wiring.open({ context, counts, signal, waiting }));
      }
      return opened;
    } catch (cause) {
      await endAll(opened);
      throw cause;
    }
  }

  /** An instance lives no longer than its device is plugged in. One that was asked for starts again when it returns. */
  #presenceChanged(event: "arrived" | "left"): void {
    if (event === "arrived") {
      if (this.#instance !== undefined) void this.instance().catch(() => undefined);
      return;
    }
    void this.#instance?.then(
      (instance) => {
        const reason = instance.lost;
        if (!instance.alive || reason === undefined) return;
        instance.stop(reason);
        this.#tell("stopped", reason);
      },
      () => undefined,
    );
  }

  #trapped(reason: string): void {
    const { clock } = this.#supervised;
    const now = clock.now();
    if (now - this.#startedMs > healthyLifeMs) this.#backOffMs = firstBackOffMs;
    this.#notBeforeMs = now + this.#backOffMs;
    this.#backOffMs = Math.min(this.#backOffMs * 2, longestBackOffMs);
    this.#tell("trapped", reason);
  }

  #tell(event: LifecycleEvent["event"], reason?: string): void {
    const { clock, device, trace } = this.#supervised;
    trace.emit({ kind: "lifecycle", device, startMs: clock.now(), event, ...(reason && { reason }) });
  }

  #closed(reason: string): DeviceError {
    return new DeviceError(this.#supervised.device, { tag: "disconnected", val: reason });
  }
}
