import { readFileSync } from "node:fs";
import { readComponent } from "@busbar/host";
import { expect } from "vitest";

/** What the worlds of USB drivers import; `errors` has types only. */
const IMPORTS = [
  "busbar:board/log@0.1.0",
  "busbar:board/settings@0.1.0",
  "busbar:board/time@0.1.0",
  "busbar:device/errors@0.1.0",
  "component:usb/configuration@0.2.1",
  "component:usb/descriptors@0.2.1",
  "component:usb/device@0.2.1",
  "component:usb/errors@0.2.1",
  "component:usb/transfers@0.2.1",
];

/**
 * Expects that a built USB driver imports what its world declares and nothing more, and exports its device.
 *
 * @param component the path of its .wasm file
 * @param device the interface of busbar:device, such as "hid"
 */
export function expectUsbWorld(
  component: string,
  device: "block-device" | "camera" | "hid" | "serial-port",
): void {
  const { imports, exports } = readComponent(readFileSync(component), component);
  expect(imports.map(({ name }) => name).sort()).toEqual(IMPORTS);
  expect(exports.map(({ name }) => name)).toContain(`busbar:device/${device}@0.1.0`);
}
