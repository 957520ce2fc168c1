import { type Channel, DeviceError, type Reading, type Sensor } from "@busbar/host";
import { formatValue, labelOf, unitOf, widthOf } from "./output/number.ts";
import { type Output, style } from "./output/output.ts";
import { printable } from "./output/printable.ts";

/** One reading in JSON: the document of `read` has a list of them, `watch` and `run` print one a line. */
export interface ReadingRecord {
  readonly type: "reading";
  /** When it was taken: ISO 8601, UTC. */
  readonly time: string;
  /** The device's name in the board file. */
  readonly device: string;
  readonly vendor: string;
  readonly model: string;
  /** By the channel's label, with all digits; null where the driver gave no finite number. */
  readonly values: Readonly<Record<string, number | null>>;
  /** By the channel's label: "°C". */
  readonly units: Readonly<Record<string, string>>;
}

/** A reading as JSON has it. */
export function readingRecord(sensor: Sensor, reading: Reading, time: Date): ReadingRecord {
  const pick = <T>(value: (channel: Channel) => T) =>
    Object.fromEntries(sensor.channels.map((channel) => [channel.label, value(channel)]));
  return {
    type: "reading",
    time: time.toISOString(),
    device: sensor.name,
    vendor: sensor.info.vendor,
    model: sensor.info.model,
    values: pick(({ label }) => finite(reading[label])),
    units: pick(unitOf),
  };
}

/** A reading as a line for people; the same channel always has the same width. */
export function readingLine(sensor: Sensor, reading: Reading, time: string): string {
  const values = sensor.channels.map((channel) => {
    const value = formatValue(channel, reading[channel.label]).padStart(widthOf(channel));
    return `${labelOf(channel)} ${value} ${unitOf(channel)}`;
  });
  return [time, sensor.name, ...values].join("  ");
}

/** Prints a reading that was taken just now. */
export function printReading(output: Output, sensor: Sensor, reading: Reading): void {
  const time = new Date();
  if (output.json) output.record(readingRecord(sensor, reading, time));
  else output.line(readingLine(sensor, reading, time.toISOString()));
}

/** "Bosch Sensortec BME280, bus 1 at 0x76"; a sensor that never opened has only its place. */
export function whatAndWhere(sensor: Sensor | undefined, wiring: string): string {
  if (sensor === undefined) return style("dim", wiring);
  const part = printable(`${sensor.info.vendor} ${sensor.info.model}`, 80);
  return `${part}${style("dim", `, ${wiring}`)}`;
}

/** Closes a sensor; one that is gone, or whose driver failed, has been reported by its reading already. */
export async function closeQuietly(sensor: Sensor): Promise<void> {
  try {
    await sensor[Symbol.asyncDispose]();
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
  }
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
