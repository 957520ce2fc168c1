import type { BoardChange } from "@busbar/host";
import { healthPlace } from "../health/place.ts";
import { BoardHealth } from "../health/report.ts";
import { serveHealth } from "../health/server.ts";
import type { Attempt } from "../kept-sensor.ts";
import type { Output } from "../output/output.ts";
import { warningTo } from "../registry.ts";
import { type Session, sensorsOf } from "../session.ts";
import { keepRecord } from "../use-record.ts";
import { Schedule } from "./schedule.ts";
import { tellService } from "./service.ts";

/** What a run that goes on is asked to do for who looks after it. */
export interface CareOptions {
  /** Where to serve health; nowhere where it is undefined. */
  readonly health?: string | undefined;
  /** Where to keep what devices needed. */
  readonly record?: string | undefined;
  /** How often every sensor is read; undefined where apps read them as they like. */
  readonly everyMs?: number;
}

/** Tells whoever looks after a run how it is: over HTTP, to systemd, and in a record of what was needed. */
export interface Care extends AsyncDisposable {
  readonly health: BoardHealth;
  /** Everything has begun. */
  ready(): void;
  /** A device is to be read soon. */
  expect(device: string): void;
  /** Something came of a device. */
  attempt(device: string, attempt: Attempt): void;
  /** A device is not tried again. */
  givenUp(device: string, error: unknown): void;
  /** The board is about to change. */
  changing(change: BoardChange): void;
  /** The board has changed. */
  changed(change: BoardChange): void;
  /** The board file is read again. */
  readonly onReload: (phase: "begins" | "over") => void;
}

/**
 * Begins to look after a run.
 *
 * @throws UsageError, BackendError where health cannot be served, HostError where the record cannot be kept
 */
export async function takeCare(session: Session, output: Output, options: CareOptions): Promise<Care> {
  const { board, clock } = session;
  const { everyMs } = options;
  const place = options.health === undefined ? undefined : healthPlace(options.health);
  const health = new BoardHealth(board, clock, everyMs);
  const schedule = new Schedule(clock);
  const record = await keepRecord(options.record, board);
  const server = place && (await serveHealth(place, () => health.report()));
  if (server !== undefined) {
    output.info(`health is served at ${server.where}.`, { type: "health", where: server.where });
  }
  const service = tellService({
    report: () => health.report(),
    overdue: () => schedule.overdue,
    onProblem: warningTo(output),
  });
  const expectIn = (device: string, waitMs: number) =>
    schedule.expect(device, waitMs, board.board.devices[device]?.limits.callMs ?? 0);
  const waiting = new Set<string>();
  const listening = board.listen((event) => {
    if (event.kind !== "lifecycle" || everyMs === undefined) return;
    // Nobody knows when it is plugged in.
    if (event.event === "waiting") {
      waiting.add(event.device);
      schedule.release(event.device);
    } else if (event.event === "started" && waiting.delete(event.device)) expectIn(event.device, 0);
  });
  return {
    health,
    ready: () => service.ready(),
    expect: (device) => expectIn(device, 0),
    attempt: (device, attempt) => {
      expectIn(device, attempt.kind === "failure" ? attempt.retryMs : (everyMs ?? 0));
    },
    givenUp: (device, error) => {
      schedule.release(device);
      health.givenUp(device, error);
    },
    changing: ({ replaced, removed }) => {
      record?.take();
      for (const device of [...replaced, ...removed]) {
        schedule.release(device);
        waiting.delete(device);
        health.forget(device);
      }
    },
    changed: ({ replaced, added }) => {
      if (everyMs === undefined) return;
      const sensors = sensorsOf(board);
      for (const device of [...replaced, ...added]) if (sensors.includes(device)) expectIn(device, 0);
    },
    onReload: (phase) => (phase === "begins" ? service.reloading() : service.ready()),
    [Symbol.asyncDispose]: async () => {
      service[Symbol.dispose]();
      listening[Symbol.dispose]();
      health[Symbol.dispose]();
      await server?.[Symbol.asyncDispose]();
      await record?.[Symbol.asyncDispose]();
    },
  };
}
