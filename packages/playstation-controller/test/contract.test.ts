/// <reference types="node" />

/** What every HID driver must do, of this one. */

import { join } from "node:path";
import { hidContract } from "@busbar/contract";
import { Usage } from "@busbar/hid";
import { RecordedHid } from "@busbar/sim";
import { calibrationOf, dualSense, dualShock4, type Played } from "./playstation-play.ts";
import { bytes, changed } from "./support.ts";

const component = join(import.meta.dirname, "../dist/playstation-controller.wasm");
/** The first report; the real one goes on with the maker's own. */
const reportDescriptor = bytes("05 01 09 05 A1 01 85 01 09 30 09 31 15 00 26 FF 00 75 08 95 3F 81 02 C0");

const controller = (played: Played, productId: number) => () =>
  new RecordedHid({
    vendorId: 0x054c,
    productId,
    reportDescriptor,
    hasOutput: true,
    reports: new Map([[0x0300 | played.calibrationReport, calibrationOf(played)]]),
  });
const neutral = changed(new Uint8Array(64), { 0: 1, 1: 128, 2: 128, 3: 128, 4: 128 });

for (const [name, productId] of [
  ["A DualShock 4", 0x05c4],
  ["A DualShock 4, second version", 0x09cc],
] as const) {
  hidContract(name, {
    component,
    device: controller(dualShock4, productId),
    report: changed(neutral, { 5: 0x28, 22: 0x20 }),
    values: [
      [Usage.BUTTON_1 + 1, 1],
      [Usage.X, 128],
    ],
    unknownReport: changed(neutral, { 0: 0x11 }),
    required: [],
    garbled: 60,
  });
}

hidContract("A DualSense", {
  component,
  device: controller(dualSense, 0x0ce6),
  report: changed(neutral, { 8: 0x28, 25: 0x20, 33: 0x80, 37: 0x80 }),
  values: [[Usage.BUTTON_1 + 1, 1]],
  unknownReport: changed(neutral, { 0: 0x31 }),
  required: [],
});
