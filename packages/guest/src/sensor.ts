/** The last lines of a sensor's driver: its class becomes a component's export busbar:device/sensor. */

import { get as getSettings } from "busbar:board/settings@0.1.0";
import { type SensorDefinition, type SensorExport, sensorOn } from "./sensor-export.ts";
import type { OptionTable } from "./settings.ts";

export type { SensorDefinition, SensorDriver, SensorExport } from "./sensor-export.ts";

/**
 * Makes the WIT export `sensor` of a driver. It opens what the board wires to a name, reads the settings, constructs the
 * driver, and releases everything when that fails. Runs inside a component only.
 *
 * @example export const sensor = defineSensor({ bus: i2c, options: bme280Options, driver: BME280 });
 */
export function defineSensor<const Table extends OptionTable, Label extends string, Given extends unknown[]>(
  definition: SensorDefinition<Table, Label, Given>,
): SensorExport {
  return sensorOn({ getSettings }, definition);
}
