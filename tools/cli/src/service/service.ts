import { type ServiceManager, serviceManager } from "@busbar/host-node";
import { type HealthReport, isWell } from "../health/report.ts";
import { onStopping } from "../stop.ts";

/** So often the state is looked at where no watchdog wants it more often. */
const lookMs = 5_000;

/** What a service is told by. */
export interface ServiceOptions {
  /** How everything is now. */
  report(): HealthReport;
  /** The devices of which something is overdue: while there are any, the watchdog gets nothing. */
  overdue(): readonly string[];
  /** Told in one sentence why systemd cannot be told. */
  onProblem(sentence: string): void;
  /** The one of this process; a test's own. */
  readonly manager?: ServiceManager | undefined;
}

/** A run as a service of systemd's. */
export interface Service extends Disposable {
  /** Everything that can be known at the start is: drivers are checked, loops have begun. */
  ready(): void;
  /** The board file is taken over from now on until {@link Service.ready}. */
  reloading(): void;
}

/** Begins to tell systemd how the run is; does nothing where it was not systemd that started it. */
export function tellService(options: ServiceOptions): Service {
  const manager = "manager" in options ? options.manager : serviceManager({ onProblem: options.onProblem });
  if (manager === undefined) {
    return { ready: () => {}, reloading: () => {}, [Symbol.dispose]: () => {} };
  }
  let lastStatus = "";
  let isReady = false;
  /** Tells the state, and pets the watchdog where everything is alive. */
  const tellStatus = () => {
    const overdue = options.overdue();
    const status =
      overdue.length > 0 ? `nothing comes of ${overdue.join(", ")} any more` : statusOf(options.report());
    const news = status === lastStatus ? [] : [`STATUS=${status}`];
    lastStatus = status;
    const alive = manager.watchdogMs !== undefined && overdue.length === 0 ? ["WATCHDOG=1"] : [];
    if (news.length + alive.length > 0) manager.notify(...news, ...alive);
  };
  const { watchdogMs } = manager;
  // sd_watchdog_enabled(3): half of the time.
  const everyMs = Math.max(Math.min(watchdogMs === undefined ? lookMs : watchdogMs / 2, lookMs), 1);
  const timer = setInterval(tellStatus, everyMs).unref();
  const stopping = onStopping(() => manager.notify("STOPPING=1", "STATUS=putting devices to sleep"));
  return {
    ready() {
      isReady = true;
      lastStatus = statusOf(options.report());
      manager.notify("READY=1", `STATUS=${lastStatus}`);
      tellStatus();
    },
    reloading() {
      // The first look at the file is a part of the start.
      if (!isReady) return;
      // systemd tells by its time whether it was this reload that became ready: sd_notify(3).
      manager.notify("RELOADING=1", `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      stopping[Symbol.dispose]();
    },
  };
}

/** One line: "4 devices and apps, all well", "attic failing (attic: nothing answers there); 3 of 4 well". */
export function statusOf({ devices, apps }: HealthReport): string {
  const all = [
    ...devices.map((each) => ({ ...each, name: each.device })),
    ...apps.map((each) => ({ ...each, name: each.app })),
  ];
  const unwell = all.filter((each) => !isWell(each));
  const things = (count: number) => (count === 1 ? "1 device or app" : `${count} devices and apps`);
  if (unwell.length === 0) return `${things(all.length)}, all well`;
  const named = unwell.slice(0, 5).map(({ name, state, problem }) => {
    return `${name} ${state}${problem === null ? "" : ` (${problem.slice(0, 200)})`}`;
  });
  const more = unwell.length > named.length ? `, and ${unwell.length - named.length} more` : "";
  return `${named.join(", ")}${more}; ${all.length - unwell.length} of ${all.length} well`;
}
