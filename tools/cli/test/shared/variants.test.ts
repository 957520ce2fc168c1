/** A package with a component for each bus that its part can be wired to: the entry says which is meant. */

import { beforeAll, expect, test } from "vitest";
import { componentBytes } from "../../../registry/test/support/component-bytes.ts";
import { busbar, folderOf, isOwnCommand, simulatedRegisters, slow } from "../support/busbar.ts";
import { buildGuest, sensorDriver, sensorSource } from "../support/guests.ts";

let wired: Uint8Array;

beforeAll(async () => {
  wired = await buildGuest(
    sensorDriver,
    sensorSource({ vendor: "V", model: "M", label: "t" }, "return [20];"),
  );
}, slow);

/** What no entry on I2C is granted. */
const ofUsb = componentBytes(["component:usb/device@0.2.1"], ["busbar:device/sensor@0.1.0"]);

const onI2c = { bus: "i2c", component: "i2c.wasm" };
const onUsb = { bus: "usb", component: "usb.wasm" };

/** A board with one device on I2C, whose driver is that of a package. */
function boardWith(busbar: object) {
  return folderOf({
    "node_modules/part/package.json": { name: "part", version: "1.0.0", busbar },
    "node_modules/part/i2c.wasm": wired,
    "node_modules/part/usb.wasm": ofUsb,
    "board.json": {
      devices: { shed: { driver: "part", i2c: { bus: "sim", address: "0x48" } } },
      simulate: [simulatedRegisters("0x48")],
    },
  });
}

test.each([
  ["its first", { ...onI2c, variants: [onUsb] }],
  ["a variant", { ...onUsb, variants: [onI2c] }],
])("the component of the bus is %s", { timeout: slow }, async (_, manifest) => {
  using folder = boardWith(manifest);
  const read = await busbar(["read", "board.json", "--json"], { cwd: folder.path });
  expect(read).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(read.stdout)).toMatchObject({ readings: [{ device: "shed", values: { t: 20 } }] });
});

test("a package without one for the bus says for which it has one", { timeout: slow }, async () => {
  using folder = boardWith(onUsb);
  const { code, stderr } = await busbar(["read", "board.json"], { cwd: folder.path });
  expect(stderr).toContain('shed: part has no driver for "i2c"; it has one for "usb".');
  expect(code).toBe(4);
});

test.runIf(isOwnCommand)(
  "a bundle has the one that is meant, and doctor looks at it",
  { timeout: 2 * slow },
  async () => {
    using folder = boardWith({ ...onUsb, variants: [onI2c] });
    const doctor = await busbar(["doctor", "board.json", "--json"], { cwd: folder.path });
    expect(doctor.stdout).toContain("shed: part drives a sensor, and all that it imports is granted.");
    const made = await busbar(["bundle", "board.json", "--out", "bundle"], { cwd: folder.path });
    expect(made).toMatchObject({ code: 0 });
    const read = await busbar(["read", "bundle", "--json"], { cwd: folder.path });
    expect(JSON.parse(read.stdout)).toMatchObject({ readings: [{ device: "shed", values: { t: 20 } }] });
  },
);
