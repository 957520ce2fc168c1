import type { HostileCase } from "../case.ts";
import { type SensorParts, sensor } from "../wat/sensor.ts";

/** A sensor that is as every other, but for the parts that are given. */
export function sensorCase(
  name: string,
  parts: SensorParts,
  ends: HostileCase["ends"],
  more: Partial<HostileCase> = {},
): HostileCase {
  return { name, kind: "sensor", bytes: () => sensor(parts), ends, ...more };
}
