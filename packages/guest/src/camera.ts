/** The last lines of a camera's driver: its class becomes a component's export busbar:device/camera. */

import { get as getSettings } from "busbar:board/settings@0.1.0";
import { type CameraDefinition, type CameraExport, cameraOn } from "./camera-export.ts";
import type { OptionTable } from "./settings.ts";

export type { CameraDefinition, CameraDriver, CameraExport } from "./camera-export.ts";

/**
 * Makes the WIT export `camera` of a driver. It opens what the board wires to a name, reads the settings, constructs the
 * driver, and releases everything when that fails. Runs inside a component only.
 *
 * @example export const camera = defineCamera({ bus: usb, options: uvcOptions, driver: Uvc });
 */
export function defineCamera<const Table extends OptionTable, Given extends unknown[]>(
  definition: CameraDefinition<Table, Given>,
): CameraExport {
  return cameraOn({ getSettings }, definition);
}
