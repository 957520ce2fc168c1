import type { Clock } from "@busbar/host";

/** What a device may take beyond its calls: preparing its driver, a machine that is busy. */
const slackMs = 30_000;
/** Opening a sensor takes several calls, and a reading one. */
const callsOfAnAttempt = 5;

/**
 * When something has to have come of each device, whatever it is: a reading, a failure, a wait for the device to be plugged in. What
 * is over that time hangs in this process, and not in the device, whose calls are ended by their limit.
 */
export class Schedule {
  readonly #clock: Clock;
  readonly #dueMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Something is expected of a device.
   *
   * @param waitMs until it is asked again
   * @param callMs the longest time of a call
   */
  expect(device: string, waitMs: number, callMs: number): void {
    this.#dueMs.set(device, this.#clock.now() + waitMs + callsOfAnAttempt * callMs + slackMs);
  }

  /** Nothing is expected of it: it is not plugged in, was given up, or is gone. */
  release(device: string): void {
    this.#dueMs.delete(device);
  }

  /** The devices of which something is overdue. */
  get overdue(): readonly string[] {
    const now = this.#clock.now();
    return [...this.#dueMs].filter(([, dueMs]) => now > dueMs).map(([device]) => device);
  }
}
