/** The last lines of a camera's driver: its class becomes what the world `usb-camera-driver` exports. */

import { nowMs, waitMs } from "busbar:board/time@0.1.0";
import { type CameraDefinition, type CameraExport, cameraOn } from "./camera-export.ts";
import type { OptionTable } from "./settings.ts";
import { getSettings, usb, warn } from "./usb.ts";

export type { CameraDefinition, CameraDriver, CameraExport } from "./camera-export.ts";

/**
 * Makes the WIT export `camera` of a driver. It opens the USB device that the board wires to a name, reads the settings,
 * constructs the driver, and gives everything back when that fails. Runs inside a component only.
 *
 * @example export const camera = defineCamera({ options: uvcOptions, driver: Uvc });
 */
export function defineCamera<const Table extends OptionTable>(
  definition: CameraDefinition<Table>,
): CameraExport {
  return cameraOn({ usb, time: { nowMs, waitMs }, getSettings, warn }, definition);
}
