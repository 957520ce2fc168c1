import type { Clock, SimulateUsbEntry } from "@busbar/host";
import { type ModelSurroundings, parseParameters, type UsbModel, wholeNumber } from "@busbar/model";
import * as v from "valibot";
import { findModel } from "../find-model.ts";
import type { SimulatedUsb } from "./bus.ts";
import { usbFaultSchema } from "./faults.ts";
import { loopbackModel } from "./loopback.ts";
import { withGarbage } from "./oddity.ts";

/** The simulator's own models: of no device that a driver of ours is for. */
export const usbModels: ReadonlyMap<string, UsbModel> = new Map([["usb-loopback", loopbackModel]]);

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
 * @param surroundings what else is simulated; nothing where left out
 * @throws RangeError for an unknown model, a taken port, and a parameter that is unknown or wrong
 */
export function plugEntry(
  usb: SimulatedUsb,
  entry: SimulateUsbEntry,
  clock: Clock,
  modules: ReadonlyMap<string, unknown>,
  surroundings?: ModelSurroundings,
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
  const common = parseParameters(commonSchema, { faults, garbageDescriptors, kernelInterfaces, plugged });
  const device = findModel(name, "usb", usbModels, modules).create(parameters, clock, surroundings);
  if (!common.plugged) return;
  const seed = common.garbageDescriptors;
  usb.plug(port, seed === undefined ? device : withGarbage(device, seed), common);
}
