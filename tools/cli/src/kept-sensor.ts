import { type Clock, DeviceError, HostError, type Reading, type Sensor } from "@busbar/host";
import { closeQuietly } from "./readings.ts";

/** The first wait before a failed sensor is opened again; it doubles with each failure in a row. */
const firstBackOffMs = 1_000;
const longestBackOffMs = 60_000;

/** What came of one attempt to read. */
export type Attempt =
  | { readonly kind: "reading"; readonly sensor: Sensor; readonly reading: Reading }
  | { readonly kind: "failure"; readonly error: DeviceError | HostError; readonly retryMs: number };

/** How long and how often to read. */
export interface KeepOptions {
  /** Opens the sensor; called again after each failure. */
  open(): Promise<Sensor>;
  readonly clock: Clock;
  /** Milliseconds from one reading to the next. */
  readonly everyMs: number;
  /** How many attempts; without end where it is undefined. */
  readonly times?: number | undefined;
  readonly signal: AbortSignal;
  /** Whether an error at the very first attempt can go away by itself; without it {@link mayPass} says so. */
  mayPass?(error: DeviceError | HostError): boolean;
}

/**
 * Reads a sensor for years: at fixed times, and where that fails opens it again after a wait that grows from one second
 * to one minute. A sensor that failed is always opened anew: after a loss of power it has lost its settings, and only
 * its driver's `open` brings them back. Ends when `signal` aborts; the sensor is closed then.
 *
 * @throws HostError and DeviceError of the first attempts that cannot pass by themselves: the board is wrong, and trying again
 *   would hide it
 */
export async function* keepReading(options: KeepOptions): AsyncGenerator<Attempt, void, void> {
  const { clock, everyMs, times = Number.POSITIVE_INFINITY, signal } = options;
  const startedMs = clock.now();
  let sensor: Sensor | undefined;
  let backOffMs = firstBackOffMs;
  let worked = false;
  try {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      let waitMs: number;
      try {
        sensor ??= await options.open();
        worked = true;
        const reading = await sensor.read();
        backOffMs = firstBackOffMs;
        yield { kind: "reading", sensor, reading };
        waitMs = everyMs - ((clock.now() - startedMs) % everyMs);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof DeviceError || error instanceof HostError)) throw error;
        if (!worked && !(options.mayPass ?? mayPass)(error)) throw error;
        waitMs = backOffMs;
        backOffMs = Math.min(backOffMs * 2, longestBackOffMs);
        yield { kind: "failure", error, retryMs: waitMs };
        if (sensor !== undefined) await closeQuietly(sensor);
        sensor = undefined;
      }
      if (attempt >= times) return;
      await clock.sleep(waitMs, signal).catch(() => undefined);
    }
  } finally {
    if (sensor !== undefined) await closeQuietly(sensor);
  }
}

/**
 * Whether an error of a device that never worked can go away by itself: a bus that is missing, a device that does not answer, a
 * driver that trapped. A setting that the driver refuses cannot, nor what is wrong with the board.
 */
export function mayPass(error: DeviceError | HostError): boolean {
  if (error instanceof DeviceError) return error.code !== "invalid-argument";
  return error.code === "backend" || error.code === "component";
}
