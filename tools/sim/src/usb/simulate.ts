import type { Clock, SimulateUsbEntry } from "@busbar/host";
import * as v from "valibot";
import { findModel } from "../find-model.ts";
import { wholeNumber } from "../numbers.ts";
import type { SimulatedUsb } from "./bus.ts";
import { usbFaultSchema } from "./faults.ts";
import { cameraModel } from "./models/camera/parameters.ts";
import { cdcAcmModel } from "./models/cdc-acm.ts";
import { diskModel } from "./models/disk/parameters.ts";
import { usbEchoModel } from "./models/echo.ts";
import { gamepadModel, keyboardModel, mouseModel } from "./models/hid/parameters.ts";
import { loopbackModel } from "./models/loopback.ts";
import type { UsbModel } from "./models/model.ts";
import { withGarbage } from "./oddity.ts";

/** Every USB model that a board file can name without a module of its own. A new one is a line here. */
const MODELS: ReadonlyMap<string, UsbModel> = new Map([
  ["disk", diskModel],
  ["cdc-acm", cdcAcmModel],
  ["camera", cameraModel],
  ["gamepad", gamepadModel],
  ["keyboard", keyboardModel],
  ["mouse", mouseModel],
  ["usb-echo", usbEchoModel],
  ["usb-loopback", loopbackModel],
]);

/** What an entry can have whatever its model is. */
const commonSchema = v.object({
  faults: v.optional(v.array(usbFaultSchema), []),
  garbageDescriptors: v.optional(wholeNumber(0, 0xffff_ffff)),
  kernelInterfaces: v.optional(v.array(wholeNumber(0, 255)), []),
  plugged: v.optional(v.boolean(), true),
});

/**
 * Plugs in what an entry of a board's `simulate` list says.
 *
 * @throws RangeError for an unknown model or a taken port; v.ValiError for a parameter that is unknown or wrong
 */
export function plugEntry(
  usb: SimulatedUsb,
  entry: SimulateUsbEntry,
  clock: Clock,
  modules: ReadonlyMap<string, unknown>,
): void {
  const {
    usb: port,
    model: name,
    faults,
    garbageDescriptors,
    kernelInterfaces,
    plugged,
    ...parameters
  } = entry;
  const common = v.parse(commonSchema, { faults, garbageDescriptors, kernelInterfaces, plugged });
  const device = findModel(name, MODELS, modules).create(parameters, clock);
  if (!common.plugged) return;
  const seed = common.garbageDescriptors;
  usb.plug(port, seed === undefined ? device : withGarbage(device, seed), common);
}
