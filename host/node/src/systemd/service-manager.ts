/** Tells systemd how a service is: the protocol of sd_notify(3). */

import { longestSocketPath, type NotifySystem, thisNotifySystem } from "./notify-system.ts";

/** Whoever started this process and wants to know how it is. */
export interface ServiceManager {
  /** How often it wants to hear `WATCHDOG=1`, in milliseconds; undefined where it does not. */
  readonly watchdogMs: number | undefined;
  /**
   * Tells it something: `READY=1`, `STATUS=...`. Never throws and never waits; what does not get through is tried again for a
   * while, and said once.
   *
   * @param states one assignment each, without newlines
   */
  notify(...states: string[]): void;
}

/** What {@link serviceManager} takes from its surroundings. */
export interface ServiceManagerOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** How it reaches the socket: as this machine does by default. */
  readonly system?: () => NotifySystem;
  readonly pid?: number;
  /** Told in one sentence why nothing gets through, once. */
  readonly onProblem?: (sentence: string) => void;
  /** Does something later; a test's own. */
  later?(work: () => void, ms: number): void;
}

const retryMs = 100;
const mostTries = 50;

/**
 * The service manager that started this process: systemd, which says where in `NOTIFY_SOCKET`.
 *
 * @returns undefined where nobody wants to be told
 */
export function serviceManager(options: ServiceManagerOptions = {}): ServiceManager | undefined {
  const { environment = process.env, pid = process.pid, onProblem = () => undefined } = options;
  const later = options.later ?? ((work, ms) => void setTimeout(work, ms).unref());
  const address = environment.NOTIFY_SOCKET;
  if (!address) return undefined;
  let told = false;
  const tell = (reason: string) => {
    if (!told)
      onProblem(`systemd cannot be told how the service is (${reason}); NOTIFY_SOCKET is ${address}.`);
    told = true;
  };
  const isAddress = /^[/@]./.test(address) && Buffer.byteLength(address) < longestSocketPath;
  let system: NotifySystem | undefined;
  try {
    if (isAddress) system = (options.system ?? thisNotifySystem)();
    else tell("that is no Unix socket");
  } catch (error) {
    tell(error instanceof Error ? error.message.replace(/[.]$/, "") : String(error));
  }
  const waiting: string[] = [];
  let tries = 0;
  const flush = () => {
    try {
      for (; waiting.length > 0; waiting.shift()) system?.send(address, waiting[0]!);
      tries = 0;
    } catch (error) {
      const { code = String(error) } = error as NodeJS.ErrnoException;
      tries += 1;
      if (code === "EAGAIN" && tries < mostTries) {
        later(flush, retryMs);
        return;
      }
      tell(code);
      waiting.length = 0;
      tries = 0;
    }
  };
  return {
    watchdogMs: watchdogOf(environment, pid),
    notify(...states) {
      if (system === undefined) return;
      waiting.push(states.map((state) => state.replaceAll("\n", " ")).join("\n"));
      // Somebody is trying already, in the order in which it was told.
      if (waiting.length === 1) flush();
    },
  };
}

/** sd_watchdog_enabled(3). */
function watchdogOf(
  { WATCHDOG_USEC = "", WATCHDOG_PID = "" }: NonNullable<ServiceManagerOptions["environment"]>,
  pid: number,
): number | undefined {
  if (WATCHDOG_PID !== "" && WATCHDOG_PID !== String(pid)) return undefined;
  const microseconds = /^[0-9]{1,15}$/.test(WATCHDOG_USEC) ? Number(WATCHDOG_USEC) : 0;
  return microseconds > 0 ? microseconds / 1000 : undefined;
}
