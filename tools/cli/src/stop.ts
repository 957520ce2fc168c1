/** How long a reading that is under way at the end may still take. */
const graceMs = 2_000;

/** What a command that goes on needs to end cleanly. */
export interface Stop extends Disposable {
  /** Aborts at the first SIGINT or SIGTERM, or with `now`. */
  readonly signal: AbortSignal;
  /** Ends the command without a signal: another part of it failed. */
  now(): void;
}

/**
 * Ends a command cleanly at SIGINT (Ctrl-C) and SIGTERM: sensors are put to sleep, the exit code is 0. A second signal
 * ends the process at once.
 *
 * @param force ends what does not end by itself within two seconds: a driver that waits
 */
export function stopOnSignal(force: () => void): Stop {
  const controller = new AbortController();
  const now = () => {
    if (controller.signal.aborted) return;
    controller.abort();
    setTimeout(force, graceMs).unref();
  };
  const onSignal = (_name: string, number: number) => {
    if (controller.signal.aborted) process.exit(128 + number);
    now();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    now,
    [Symbol.dispose]: () => void process.off("SIGINT", onSignal).off("SIGTERM", onSignal),
  };
}
