import type { Clock, LifecycleEvent, OpenBoard } from "@busbar/host";
import { describeError } from "../output/output.ts";

/**
 * How a device is. "ok": it gives readings, or its driver runs. "starting": it has not answered yet. "idle": nobody has asked for it.
 * "failing": it failed when it was asked last, or its driver trapped. "late": no reading for longer than there should be. "waiting":
 * it is not plugged in. "refused": it is not tried again.
 */
export type DeviceState = "ok" | "starting" | "idle" | "failing" | "late" | "waiting" | "refused";

/** How an app is. "ended": well. "failing": it failed, and is run again after a wait. "refused": it is not run again. */
export type AppState = "running" | "ended" | "failing" | "refused";

/** A device in a report. */
export interface DeviceHealth {
  readonly device: string;
  /** "sensor"; null where it has no driver, or that was refused. */
  readonly kind: string | null;
  readonly state: DeviceState;
  /** When it gave a reading last: ISO 8601, UTC; null where it never did, or is no sensor. */
  readonly lastReading: string | null;
  /** How old that is, in milliseconds. */
  readonly ageMs: number | null;
  /** What is wrong; null where nothing is. */
  readonly problem: string | null;
}

/** An app in a report. */
export interface AppHealth {
  readonly app: string;
  readonly state: AppState;
  readonly problem: string | null;
}

/** How everything is that a run keeps. */
export interface HealthReport {
  /** Whether no device and no app is failing, late, waiting or refused. */
  readonly ok: boolean;
  readonly pid: number;
  /** How long the run has been going on, in milliseconds. */
  readonly upMs: number;
  readonly devices: readonly DeviceHealth[];
  readonly apps: readonly AppHealth[];
}

/** Which states are as they should be. */
const well: ReadonlySet<string> = new Set(["ok", "starting", "idle", "running", "ended"]);

/** Whether this is no reason to look after it. */
export function isWell({ state }: { readonly state: DeviceState | AppState }): boolean {
  return well.has(state);
}

/** Keeps account of how the devices and apps of a board are. */
export class BoardHealth implements Disposable {
  readonly #board: OpenBoard;
  readonly #clock: Clock;
  readonly #everyMs: number | undefined;
  readonly #startMs: number;
  readonly #lives = new Map<string, LifecycleEvent>();
  readonly #apps = new Map<string, { readonly state: AppState; readonly problem: string | null }>();
  readonly #givenUp = new Map<string, unknown>();
  readonly #listening: Disposable;

  /** @param everyMs how often every sensor is to give a reading; undefined where apps read them as they like */
  constructor(board: OpenBoard, clock: Clock, everyMs?: number) {
    this.#board = board;
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#startMs = clock.now();
    this.#listening = board.listen((event) => {
      if (event.kind === "lifecycle") this.#lives.set(event.device, event);
    });
  }

  /** A device is not tried again. */
  givenUp(device: string, error: unknown): void {
    this.#givenUp.set(device, error);
  }

  /** A device is another one now, or is gone. */
  forget(device: string): void {
    this.#lives.delete(device);
    this.#givenUp.delete(device);
  }

  /** An app begins, ends, or fails. */
  app(app: string, state: AppState, error?: unknown): void {
    this.#apps.set(app, { state, problem: error === undefined ? null : sentence(error) });
  }

  /** How everything is now. */
  report(): HealthReport {
    const devices = Object.keys(this.#board.board.devices).map((name) => this.#deviceHealth(name));
    const apps = [...this.#apps].map(([app, health]) => ({ app, ...health }));
    return {
      ok: devices.every(isWell) && apps.every(isWell),
      pid: process.pid,
      upMs: Math.round(this.#clock.now() - this.#startMs),
      devices,
      apps,
    };
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }

  #deviceHealth(device: string): DeviceHealth {
    const kind = this.#board.devices.find(({ name }) => name === device)?.kind ?? null;
    const lastMs = this.#board.lastReadings.get(device)?.lastMs;
    const ageMs = lastMs === undefined ? null : Math.max(Math.round(this.#clock.now() - lastMs), 0);
    return {
      device,
      kind,
      ...this.#stateOf(device, kind, ageMs),
      lastReading: ageMs === null ? null : new Date(Date.now() - ageMs).toISOString(),
      ageMs,
    };
  }

  #stateOf(
    device: string,
    kind: string | null,
    ageMs: number | null,
  ): Pick<DeviceHealth, "state" | "problem"> {
    const refused =
      this.#board.refused.find(({ place, name }) => place === "devices" && name === device)?.error ??
      this.#givenUp.get(device);
    if (refused !== undefined) return { state: "refused", problem: sentence(refused) };
    const life = this.#lives.get(device);
    if (life?.event === "waiting") return { state: "waiting", problem: life.reason ?? null };
    const error = this.#board.lastReadings.get(device)?.error;
    if (error !== undefined) return { state: "failing", problem: sentence(error) };
    if (life?.event === "trapped") return { state: "failing", problem: life.reason ?? null };
    const isRead = kind === "sensor" && this.#everyMs !== undefined;
    if (isRead && ageMs === null) {
      const upMs = this.#clock.now() - this.#startMs;
      return upMs > this.#latestMs(device) ? late(upMs) : { state: "starting", problem: null };
    }
    if (isRead && ageMs !== null && ageMs > this.#latestMs(device)) return late(ageMs);
    return { state: life?.event === "started" || ageMs !== null ? "ok" : "idle", problem: null };
  }

  /** A reading may take as long as a call may, and one may be left out by it. */
  #latestMs(device: string): number {
    const callMs = this.#board.board.devices[device]?.limits.callMs ?? 0;
    return 2 * (this.#everyMs ?? 0) + 2 * callMs;
  }
}

function late(ms: number): Pick<DeviceHealth, "state" | "problem"> {
  return { state: "late", problem: `no reading for ${Math.round(ms / 1000)} s` };
}

function sentence(error: unknown): string {
  return describeError(error).lines.join(" ");
}
