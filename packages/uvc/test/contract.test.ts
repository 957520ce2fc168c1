/** What every camera must do: @busbar/contract. */

import { join } from "node:path";
import { cameraContract } from "@busbar/contract";
import { UsbEcho } from "@busbar/usb-echo/model";
import { UsbCamera } from "../src/model.ts";

cameraContract("UVC, bulk", {
  component: join(import.meta.dirname, "../dist/uvc.wasm"),
  make: (clock) => new UsbCamera({ clock, transfer: "bulk" }),
  wrongDevice: new UsbEcho(),
  badSettings: [
    { "maximum-frame-kib": "15" },
    { "maximum-frame-kib": "16385" },
    { "maximum-frame-kib": "many" },
  ],
  grant: { vendorId: "0x1209", interfaces: [0, 1] },
});
