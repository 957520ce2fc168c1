/** What every serial port must do: @busbar/contract. */

import { join } from "node:path";
import { serialPortContract } from "@busbar/contract";
import { DescribedPort } from "@busbar/sim";
import { UsbEcho } from "@busbar/usb-echo/model";
import { bytes } from "./support.ts";

/** With an association, every functional descriptor, and a notification endpoint of 10 bytes, as Linux's f_acm has. */
const usual = bytes(
  [
    "09024b00020100803208",
    "0b0002020200",
    "00",
    "090400000102020100",
    "0524001001",
    "0524010001",
    "04240206",
    "0524060001",
    "0705820310000a",
    "09040100020a000000",
    "07058102400000",
    "07050102400000",
  ].join(""),
);

serialPortContract("CDC-ACM", {
  component: join(import.meta.dirname, "../dist/cdc-acm.wasm"),
  make: () => new DescribedPort({ configuration: usual }),
  wrongDevice: new UsbEcho(),
  // SET_LINE_CODING, GET_LINE_CODING and SET_CONTROL_LINE_STATE: PSTN 1.2 table 13.
  optional: ["21/20", "a1/21", "21/22"],
  grant: { vendorId: "0x1209", interfaces: [0, 1] },
});
