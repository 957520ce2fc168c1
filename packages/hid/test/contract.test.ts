/// <reference types="node" />

/** What every HID driver must do, of this one. */

import { join } from "node:path";
import { hidContract } from "@busbar/contract";
import { RecordedHid } from "@busbar/sim";
import { BOOT_KEYBOARD_DESCRIPTOR, BOOT_MOUSE_DESCRIPTOR, Usage } from "../src/index.ts";
import { gamepad } from "./hid-play.ts";
import { bytes } from "./support.ts";

const component = join(import.meta.dirname, "../dist/hid.wasm");

hidContract("A boot keyboard", {
  component,
  device: () => new RecordedHid({ reportDescriptor: BOOT_KEYBOARD_DESCRIPTOR, subclass: 1, protocol: 1 }),
  report: bytes("02 00 04 00 00 00 00 00"),
  values: [
    [Usage.KEYBOARD_LEFT_CONTROL + 1, 1],
    [0x0007_0004, 1],
  ],
});

hidContract("A boot mouse whose reports fill its packets", {
  component,
  device: () =>
    new RecordedHid({ reportDescriptor: BOOT_MOUSE_DESCRIPTOR, subclass: 1, protocol: 2, packetSize: 3 }),
  report: bytes("01 05 FB"),
  values: [
    [Usage.BUTTON_1, 1],
    [Usage.X, 5],
    [Usage.Y, -5],
  ],
});

hidContract("A gamepad with report ids, whose reports are larger than a packet", {
  component,
  device: () =>
    new RecordedHid({ reportDescriptor: gamepad.reportDescriptor, hasOutput: true, packetSize: 2 }),
  report: bytes("01 05 FB 03"),
  values: [
    [Usage.X, 5],
    [Usage.Y, -5],
    [Usage.HAT_SWITCH, 3],
  ],
  unknownReport: bytes("3F 01 02 03 04"),
});
