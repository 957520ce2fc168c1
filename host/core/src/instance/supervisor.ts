import type { DeviceEntry } from "../board/schema.ts";
import type { Clock } from "../clock.ts";
import type { ComponentArtifact } from "../component/artifact.ts";
import { DeviceError } from "../device/error.ts";
import { HostError } from "../error.ts";
import type { I2cBus } from "../i2c/backend.ts";
import { implementations, type Link } from "../link/link.ts";
import type { Trace } from "../trace/trace.ts";
import { CallBudget } from "./budget.ts";
import { DriverInstance } from "./instance.ts";

/** The first wait before a driver that trapped is started again; it doubles with each trap. */
const firstBackOffMs = 100;
const longestBackOffMs = 30_000;
/** A life this long shows that the driver works: the next trap starts the back-off anew. */
const healthyLifeMs = 60_000;

/** What a supervisor starts its driver with. */
export interface Supervised {
  readonly device: string;
  readonly entry: DeviceEntry;
  readonly artifact: ComponentArtifact;
  readonly link: Link;
  readonly clock: Clock;
  readonly trace: Trace;
  /** Opens the bus of the entry's grant. @throws BackendError */
  openBus(): I2cBus | undefined;
}

/** Keeps the driver of one board entry running: starts it when it is needed, and again, with back-off, after a trap. */
export class Supervisor {
  readonly #supervised: Supervised;
  #instance: Promise<DriverInstance> | undefined;
  #backOffMs = firstBackOffMs;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #startedMs = 0;
  readonly #stop = new AbortController();

  constructor(supervised: Supervised) {
    this.#supervised = supervised;
  }

  /**
   * The running instance, started first where there is none.
   *
   * @throws HostError when it cannot be started; DeviceError `disconnected` when the board is closed
   */
  async instance(): Promise<DriverInstance> {
    if (this.#stop.signal.aborted) throw this.#closed();
    this.#instance ??= this.#start();
    try {
      const instance = await this.#instance;
      if (instance.alive) return instance;
    } catch (cause) {
      this.#instance = undefined;
      throw cause;
    }
    this.#instance = undefined;
    return this.instance();
  }

  /** Stops the instance; nothing starts any more. */
  async stop(): Promise<void> {
    this.#stop.abort(this.#closed());
    const instance = await this.#instance?.catch(() => undefined);
    if (instance?.alive) {
      instance.stop("the board was closed");
      this.#tell("stopped");
    }
  }

  async #start(): Promise<DriverInstance> {
    const { artifact, clock, device, entry, link, trace } = this.#supervised;
    const wait = this.#notBeforeMs - clock.now();
    if (wait > 0) await clock.sleep(wait, this.#stop.signal);
    const budget = new CallBudget(clock, entry.limits.callMs);
    const bus = this.#supervised.openBus();
    const context = { device, entry, clock, trace, budget, bus };
    try {
      const imports = implementations(link, context);
      const exports = await artifact.instantiate(imports, entry.limits.memoryMiB);
      this.#startedMs = clock.now();
      this.#tell("started");
      return new DriverInstance(context, exports[link.exportName] as Record<string, unknown>, (reason) =>
        this.#trapped(reason),
      );
    } catch (cause) {
      bus?.close();
      if (cause instanceof HostError) throw cause;
      const { message } = cause as Error;
      throw new HostError("component", `${device}: ${artifact.label} does not start: ${message}.`, { cause });
    }
  }

  #trapped(reason: string): void {
    const { clock } = this.#supervised;
    const now = clock.now();
    if (now - this.#startedMs > healthyLifeMs) this.#backOffMs = firstBackOffMs;
    this.#notBeforeMs = now + this.#backOffMs;
    this.#backOffMs = Math.min(this.#backOffMs * 2, longestBackOffMs);
    this.#tell("trapped", reason);
  }

  #tell(event: "started" | "stopped" | "trapped", reason?: string): void {
    const { clock, device, trace } = this.#supervised;
    trace.emit({ kind: "lifecycle", device, startMs: clock.now(), event, ...(reason && { reason }) });
  }

  #closed(): DeviceError {
    return new DeviceError(this.#supervised.device, { tag: "disconnected", val: "the board was closed" });
  }
}
