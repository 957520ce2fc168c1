/**
 * From a sensor's export to busbar:device/sensor-stream: the same sensor, which sends its readings by itself. Where time and
 * streams come from is a parameter here.
 */

import { takeValue } from "./async.ts";
import { DriverError, exported } from "./errors.ts";
import type { ExportedSensor, SensorExport } from "./sensor-export.ts";
import type {
  Channel,
  DeviceError,
  FutureReadable,
  FutureWritable,
  Info,
  StreamReadable,
  StreamWritable,
} from "./wit.ts";

/** The longest time between two readings: a day. */
const LONGEST_PERIOD_MS = 86_400_000;

/** WIT `reading`: one value a channel. */
export type Reading = readonly number[];

/** WIT `result<_, error>`: why a stream ended. */
export type StreamOutcome = { readonly tag: "ok" } | { readonly tag: "err"; readonly val: DeviceError };

/** What sends readings: time, and the ends of what it makes for each caller. */
export interface StreamEngine {
  /** busbar:board/timer `after-ms`. */
  afterMs(ms: number): FutureReadable<number>;
  /** A new `stream<reading>`. */
  makeStream(): { readonly readable: StreamReadable<Reading>; readonly writable: StreamWritable<Reading> };
  /** A new `future<result<_, error>>`. */
  makeOutcome(): {
    readonly readable: FutureReadable<StreamOutcome>;
    readonly writable: FutureWritable<StreamOutcome>;
  };
}

/** The WIT resource `device`. */
export interface ExportedSensorStream extends Disposable {
  /** WIT `info`. */
  info(): Info;
  /** WIT `channels`. */
  channels(): readonly Channel[];
  /** WIT `read`: one value a channel. Rejects with the WIT error. */
  read(): Promise<Reading>;
  /** WIT `readings`. Rejects with the WIT error. */
  readings(everyMs: number): Promise<[StreamReadable<Reading>, FutureReadable<StreamOutcome>]>;
  /** WIT `close`. Closing twice is legal. */
  close(): void;
}

/** The value that a component exports under the name `sensorStream`. */
export interface SensorStreamExport {
  /** WIT `open`. Rejects with the WIT error. */
  open(name: string): Promise<ExportedSensorStream>;
  /** The class of what `open` returns: the engine looks for it by this name. */
  readonly Device: typeof Device;
}

/** Makes the export of a sensor that has the one of busbar:device/sensor. */
export function sensorStreamOn(engine: StreamEngine, sensor: SensorExport): SensorStreamExport {
  return { Device, open: async (name) => new Device(engine, sensor.open(name)) };
}

/** An opened sensor. */
class Device implements ExportedSensorStream {
  readonly #engine: StreamEngine;
  readonly #sensor: ExportedSensor;

  constructor(engine: StreamEngine, sensor: ExportedSensor) {
    this.#engine = engine;
    this.#sensor = sensor;
  }

  info(): Info {
    return this.#sensor.info();
  }

  channels(): readonly Channel[] {
    return this.#sensor.channels();
  }

  async read(): Promise<Reading> {
    return this.#sensor.read();
  }

  async readings(everyMs: number): Promise<[StreamReadable<Reading>, FutureReadable<StreamOutcome>]> {
    // A u32 of 2^31 and more arrives negative.
    const periodMs = everyMs >>> 0;
    exported(() => {
      if (periodMs >= 1 && periodMs <= LONGEST_PERIOD_MS) return;
      throw DriverError.invalidArgument(
        `Readings cannot come every ${periodMs} ms; ask for one every 1 to ${LONGEST_PERIOD_MS} ms.`,
      );
    });
    const readings = this.#engine.makeStream();
    const outcome = this.#engine.makeOutcome();
    void sendReadings(this.#engine, this.#sensor, periodMs, readings.writable, outcome.writable);
    return [readings.readable, outcome.readable];
  }

  close(): void {
    this.#sensor.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Sends readings until nobody wants them any more or one fails, and then says which of the two. */
async function sendReadings(
  engine: StreamEngine,
  sensor: ExportedSensor,
  periodMs: number,
  readings: StreamWritable<Reading>,
  outcome: FutureWritable<StreamOutcome>,
): Promise<void> {
  const ended = await sendEach(engine, sensor, periodMs, readings);
  readings.drop();
  if (ended !== undefined) await outcome.write(ended);
  // Of a bug there is no outcome, and dropping it without one ends the component, as a bug does in its other functions.
  outcome.drop();
}

/** Undefined after a bug in the driver. */
async function sendEach(
  engine: StreamEngine,
  sensor: ExportedSensor,
  periodMs: number,
  readings: StreamWritable<Reading>,
): Promise<StreamOutcome | undefined> {
  let due: FutureReadable<number> | undefined;
  try {
    // The part is asked only when somebody waits for its reading, so that none is old.
    while (await isWanted(readings)) {
      const last = due;
      due = undefined;
      // It drops it, also where that fails.
      if (last !== undefined) await takeValue(last);
      due = engine.afterMs(periodMs);
      await readings.writeOne(sensor.read());
    }
    return { tag: "ok" };
  } catch (error) {
    return isBug(error) ? undefined : { tag: "err", val: error as DeviceError };
  } finally {
    due?.drop();
  }
}

/** Waits until somebody reads, or nobody will any more. */
async function isWanted(readings: StreamWritable<Reading>): Promise<boolean> {
  try {
    await readings.write([]);
    // It says the same in both cases: it wrote none. After the reader has gone, the next one throws.
    await readings.write([]);
    return true;
  } catch {
    return false;
  }
}

/** What the sensor's export throws for a person to act on is the WIT error; an Error is none (errors.ts, `exported`). */
function isBug(error: unknown): boolean {
  return error instanceof Error;
}
