import type { Clock } from "@busbar/host";
import * as v from "valibot";
import type { UsbDevice } from "../../usbip/device.ts";

/** A USB device model as the board file's `simulate` list names it. */
export interface UsbModel {
  /**
   * Makes one device.
   *
   * @param parameters the model's part of the simulate entry, not yet checked
   * @throws v.ValiError when a parameter is unknown or wrong
   */
  create(parameters: unknown, clock: Clock): UsbDevice;
}

/** Ties a model's parameters, which `schema` checks and completes, to the device that is made from them. */
export function defineUsbModel<Schema extends v.GenericSchema>(
  schema: Schema,
  create: (parameters: v.InferOutput<Schema>, clock: Clock) => UsbDevice,
): UsbModel {
  return {
    create: (parameters, clock) => create(v.parse(schema, parameters, { abortPipeEarly: true }), clock),
  };
}
