/** The WIT exports of world `usb-hid-driver`. */

import { nowMs } from "busbar:board/time@0.1.0";
import { parseSettings, UsbDevice } from "@busbar/guest";
import { getSettings, usb } from "@busbar/guest/usb";
import { Hid, hidOptions } from "./hid.ts";
import { hidOn } from "./hid-export.ts";

/** busbar:device/hid. */
export const hid = hidOn((name) => {
  const options = parseSettings(hidOptions, name, getSettings(name));
  // Whatever was opened before a failure is given back by it.
  using opened = new DisposableStack();
  const device = opened.use(new UsbDevice(usb, name));
  const driver = new Hid(device, { nowMs }, options);
  const { vendorId, productId, deviceVersionBcd, ...strings } = device.descriptor;
  const identity = {
    vendorId,
    productId,
    versionBcd: deviceVersionBcd,
    vendor: device.readString(strings.manufacturerIndex),
    product: device.readString(strings.productIndex),
    serialNumber: device.readString(strings.serialNumberIndex),
  };
  opened.move();
  return { identity, driver };
});
