/**
 * The last lines of a sensor's driver for hosts with the asynchronous ABI: its class becomes a component's exports
 * busbar:device/sensor and sensor-stream.
 */

import { afterMs } from "busbar:board/timer@0.1.0";
import { defineSensor as definePlainSensor } from "./sensor.ts";
import type { SensorDefinition, SensorExport } from "./sensor-export.ts";
import {
  type Reading,
  type SensorStreamExport,
  type StreamEngine,
  type StreamOutcome,
  sensorStreamOn,
} from "./sensor-stream-export.ts";
import type { OptionTable } from "./settings.ts";
import type { FutureReadable, FutureWritable, StreamReadable, StreamWritable } from "./wit.ts";

export type { SensorDefinition, SensorDriver, SensorExport } from "./sensor-export.ts";
export type { SensorStreamExport } from "./sensor-stream-export.ts";

/** What componentize-qjs 0.4.5 has for the streams and futures of this world, by the names of their types. */
declare const wit: {
  readonly Stream: {
    (type: number): { readable: StreamReadable<Reading>; writable: StreamWritable<Reading> };
    readonly READING: number;
  };
  readonly Future: {
    (type: number): { readable: FutureReadable<StreamOutcome>; writable: FutureWritable<StreamOutcome> };
    readonly RESULT_VOID_ERROR: number;
  };
};

const engine: StreamEngine = {
  afterMs,
  makeStream: () => wit.Stream(wit.Stream.READING),
  makeOutcome: () => wit.Future(wit.Future.RESULT_VOID_ERROR),
};

/** What a component of the world exports. */
export interface SensorExports {
  /** busbar:device/sensor. */
  readonly sensor: SensorExport;
  /** busbar:device/sensor-stream. */
  readonly sensorStream: SensorStreamExport;
}

/**
 * Makes both WIT exports of a driver, `sensor` and `sensorStream`. A driver class has nothing to do for the second: it is
 * read once a period. Runs inside a component only.
 *
 * @example export const { sensor, sensorStream } = defineSensor({ bus: i2c, options: bme280Options, driver: BME280 });
 */
export function defineSensor<const Table extends OptionTable, Label extends string, Given extends unknown[]>(
  definition: SensorDefinition<Table, Label, Given>,
): SensorExports {
  const sensor = definePlainSensor(definition);
  return { sensor, sensorStream: sensorStreamOn(engine, sensor) };
}
