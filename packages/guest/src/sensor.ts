/** The last lines of a sensor driver: its class becomes what the world `i2c-sensor-driver` exports. */

import { open, openDelay } from "busbar:board/i2c@0.1.0";
import { get as getSettings } from "busbar:board/settings@0.1.0";
import { type SensorDefinition, type SensorExport, sensorOn } from "./sensor-export.ts";
import type { OptionTable } from "./settings.ts";

export type { SensorDefinition, SensorDriver, SensorExport } from "./sensor-export.ts";

/**
 * Makes the WIT export `sensor` of a driver. It opens the wiring that the board has for a name, reads the settings,
 * constructs the driver, and releases everything when that fails. Runs inside a component only.
 *
 * @example export const sensor = defineSensor({ options: bme280Options, driver: BME280 });
 */
export function defineSensor<const Table extends OptionTable, Label extends string>(
  definition: SensorDefinition<Table, Label>,
): SensorExport {
  return sensorOn({ open, openDelay, getSettings }, definition);
}
