import { stdout } from "./output/screen.ts";

/** How long a reading that is under way at the end may still take. */
const graceMs = 300;

/** How long the end may take as a whole: closing the devices, and writing what was printed. */
const deadlineMs = 700;

const stoppingListeners = new Set<() => void>();

/** Tells, once, when a command that goes on begins to end; disposing the result ends that. */
export function onStopping(listener: () => void): Disposable {
  stoppingListeners.add(listener);
  return { [Symbol.dispose]: () => void stoppingListeners.delete(listener) };
}

/** What a command that goes on needs to end cleanly. */
export interface Stop extends Disposable {
  /** Aborts at the first SIGINT or SIGTERM, when the reader of the output goes away, or with `now`. */
  readonly signal: AbortSignal;
  /** Ends the command without a signal: another part of it failed. */
  now(): void;
}

/**
 * Ends a command cleanly at SIGINT (Ctrl-C) and SIGTERM: sensors are put to sleep, the exit code is 0. What has not ended
 * after 700 ms (a driver's close that does not answer, a native call that hangs, a reader that does not read) is not waited
 * for: the process ends by the signal, which a shell shows as 130 or 143, and so does it at once at a second signal.
 *
 * @param force ends what does not end by itself within 300 ms: a driver that waits
 */
export function stopOnSignal(force: () => void): Stop {
  const controller = new AbortController();
  const now = () => {
    if (controller.signal.aborted) return;
    controller.abort();
    for (const listener of stoppingListeners) listener();
    setTimeout(force, graceMs).unref();
  };
  const onSignal = (name: NodeJS.Signals, number: number) => {
    // The handlers stay until here, also when the command's own work is over: it may be the end that hangs.
    if (controller.signal.aborted) endBy(name, number);
    now();
    setTimeout(() => endBy(name, number), deadlineMs).unref();
  };
  const { onGone } = stdout;
  stdout.onGone = now;
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    now,
    [Symbol.dispose]: () => {
      stdout.onGone = onGone;
      if (!controller.signal.aborted) process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    },
  };
}

/**
 * `process.exit` alone waits for native calls in the thread pool, which is what may hang. The signal itself does not; it is
 * ignored only where the process is the first of its container.
 */
function endBy(name: NodeJS.Signals, number: number): void {
  stdout.showCursor();
  process.removeAllListeners(name);
  process.kill(process.pid, name);
  process.exit(128 + number);
}
