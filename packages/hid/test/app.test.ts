/// <reference types="node" />

/** The built driver under an app component, linked by the host. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { componentize } from "@busbar/build";
import { nodeClock, openBoard } from "@busbar/host-node";
import { SimulatedUsb } from "@busbar/sim";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BOOT_KEYBOARD_DESCRIPTOR } from "../src/index.ts";
import { HidKeyboard } from "../src/model.ts";

const packageFolder = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "busbar-hid-app-"));
const app = join(folder, "app.wasm");

beforeAll(async () => {
  const { component } = await componentize({
    folder: packageFolder,
    entry: join(import.meta.dirname, "app/keys-app.ts"),
    world: "hid-app",
    engine: "quickjs",
  });
  writeFileSync(app, component);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

test("an app reads keys and sets lights by the keyboard's name in the board file", async () => {
  const usb = new SimulatedUsb(nodeClock);
  const keyboard = new HidKeyboard({}, nodeClock);
  usb.plug("1-1", keyboard);
  const driver = join(packageFolder, "dist/hid.wasm");
  await using board = await openBoard(
    {
      devices: { keys: { driver, usb: { vendorId: "0x1209", interfaces: [0] } } },
      apps: { typist: { component: app, uses: ["keys"] } },
    },
    {
      usb: [usb],
      i2c: [],
    },
  );
  const output: Uint8Array[] = [];
  await board.run("typist", {
    output: (bytes) => {
      // Its first line says that it has opened the keyboard.
      if (output.push(bytes) === 1) keyboard.hold(0xe1, 4);
    },
  });
  expect(Buffer.concat(output).toString().trimEnd().split("\n")).toEqual([
    `keyboard, ${BOOT_KEYBOARD_DESCRIPTOR.length} bytes, 1 collection`,
    "pressed 700e1 70004",
    "undefined report 0 8",
  ]);
  expect(keyboard.lights).toBe(0b10);
});
