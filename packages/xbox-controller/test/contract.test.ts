/// <reference types="node" />

/** What every HID driver must do, of this one. */

import { join } from "node:path";
import { hidContract } from "@busbar/contract";
import { Usage } from "@busbar/hid";
import { RecordedHid, type RecordedHidOptions } from "@busbar/sim";
import { bytes } from "./support.ts";

const component = join(import.meta.dirname, "../dist/xbox-controller.wasm");

/** Interface class 0xFF of this subclass and protocol, with an interrupt endpoint in each direction. */
const controller = (subclass: string, protocol: string, productId: number): RecordedHidOptions => ({
  vendorId: 0x045e,
  productId,
  configuration: bytes(
    `09 02 20 00 01 01 00 80 32 09 04 00 00 02 FF ${subclass} ${protocol} 00 07 05 81 03 40 00 04 07 05 02 03 40 00 04`,
  ),
});

hidContract("An Xbox 360 controller", {
  component,
  device: () => new RecordedHid({ ...controller("5D", "01", 0x028e), endsFullReports: false }),
  report: bytes(`00 14 0110 FF33 0080 FF7F FF7F 0080 ${"00".repeat(6)}`),
  values: [
    [Usage.X, -32767],
    [Usage.BUTTON_1, 1],
    [Usage.BRAKE, 1023],
  ],
  unknownReport: bytes("01 03 0E"),
});

hidContract("An Xbox Series controller", {
  component,
  device: () => new RecordedHid(controller("47", "D0", 0x0b12)),
  report: bytes("20 00 05 0E 1001 FF03 CD00 0080 FF7F FF7F 0080"),
  values: [
    [Usage.X, -32767],
    [Usage.BUTTON_1, 1],
    [Usage.BRAKE, 1023],
  ],
  unknownReport: bytes("03 20 01 04 80 00 00 00"),
});

hidContract("A PowerA controller that starts after a rumble", {
  component,
  device: () => new RecordedHid({ ...controller("47", "D0", 0x541a), vendorId: 0x24c6 }),
  report: bytes("20 00 05 0E 1001 FF03 CD00 0080 FF7F FF7F 0080"),
  values: [[Usage.BUTTON_1, 1]],
  garbled: 20,
});
