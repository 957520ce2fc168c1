/// <reference types="node" />

/** The built components of both engines, through the host, on a simulated DualSense. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage } from "@busbar/build";
import { expectUsbWorld } from "@busbar/contract";
import { gamepadStates, StandardButton, Usage } from "@busbar/hid";
import type { BoardEvent } from "@busbar/host";
import { nodeClock, openBoard } from "@busbar/host-node";
import { SimulatedUsb } from "@busbar/sim";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DualSenseModel } from "./dualsense-model.ts";
import { changed } from "./support.ts";

const packageFolder = join(import.meta.dirname, "..");
const built = mkdtempSync(join(tmpdir(), "busbar-playstation-controller-"));
const components = {
  quickjs: join(packageFolder, "dist/playstation-controller.wasm"),
  starlingmonkey: join(built, "playstation-controller.wasm"),
};
const neutral = changed(new Uint8Array(64), {
  0: 1,
  1: 128,
  2: 128,
  3: 128,
  4: 128,
  8: 8,
  33: 0x80,
  37: 0x80,
});

beforeAll(async () => {
  await buildPackage(packageFolder, { engine: "starlingmonkey", outFolder: built });
}, 240_000);
afterAll(() => rmSync(built, { recursive: true }));

async function boardWith(model: DualSenseModel, component: string) {
  const usb = new SimulatedUsb(nodeClock);
  usb.plug("1-1", model, { kernelInterfaces: [0] });
  const entry = { driver: component, usb: { vendorId: "0x054c", interfaces: [0] } };
  const events: BoardEvent[] = [];
  const board = await openBoard(
    { devices: { pad: entry } },
    { usb: [usb], onEvent: (event: BoardEvent) => events.push(event) },
  );
  return { board, usb, events };
}

test("imports what its world declares and nothing more", () => {
  expectUsbWorld(components.quickjs, "hid");
});

describe.each(Object.entries(components))("on %s", (_, component) => {
  test("a DualSense is a standard gamepad, with motion in SI units, and can be moved and lit", async () => {
    const model = new DualSenseModel();
    const { board, events } = await boardWith(model, component);
    await using _board = board;
    await using pad = await board.hid("pad");
    expect(pad.info).toMatchObject({ vendor: "Sony Interactive Entertainment", productId: 0x0ce6 });

    model.report(changed(neutral, { 1: 0, 2: 255, 6: 255, 8: 0x20, 33: 1 }));
    for await (const state of gamepadStates(pad)) {
      expect(state).toMatchObject({ mapping: "standard" });
      expect(state.axes.slice(0, 2)).toEqual([-1, 1]);
      const pressed = state.buttons.flatMap((button, index) => (button.pressed ? [index] : []));
      expect(pressed).toEqual([StandardButton.SOUTH, StandardButton.RIGHT_TRIGGER, StandardButton.DPAD_UP]);
      break;
    }

    // Minus one gravity, 9.80665 m/s²: 8192 counts by the controller's own calibration.
    model.report(changed(neutral, { 25: 0xe0 }));
    const report = await pad.read();
    const gravity = report?.values.find(({ usage }) => usage === Usage.ACCELERATION_Y);
    expect(gravity?.number).toBe(-98_066);
    expect(pad.fields[gravity!.field]).toMatchObject({ unit: 0xe011, unitExponent: -2 });

    const fieldOf = (usage: number) =>
      pad.fields.findIndex(
        ({ kind, usages }) =>
          kind === "output" && usages.some((each) => each.minimum <= usage && usage <= each.maximum),
      );
    await pad.send("output", [{ field: fieldOf(Usage.WEAK_MOTOR), usage: Usage.WEAK_MOTOR, number: 255 }]);
    expect(model.output?.subarray(0, 5)).toEqual(Uint8Array.of(2, 3, 0, 255, 0));
    await pad.send("output", [{ field: fieldOf(Usage.BLUE_LED), usage: Usage.BLUE_LED, number: 64 }]);
    expect(model.output?.subarray(45)).toEqual(Uint8Array.of(0, 0, 64));
    expect(events.filter(({ kind }) => kind === "denied")).toEqual([]);
  });
});

test("a controller that is unplugged is disconnected, and works when it is back", async () => {
  const { board, usb } = await boardWith(new DualSenseModel(), components.quickjs);
  await using _ = board;
  const pad = await board.hid("pad");
  const waiting = pad.readRaw();
  usb.unplug("1-1");
  await expect(waiting).rejects.toMatchObject({ code: "disconnected" });
  const next = new DualSenseModel();
  usb.plug("1-1", next);
  await using again = await board.hid("pad");
  next.report(neutral);
  expect(await again.readRaw()).toMatchObject({ id: 1, data: { length: 49 } });
});

test("settings that it does not have are refused", async () => {
  const usb = new SimulatedUsb(nodeClock);
  usb.plug("1-1", new DualSenseModel());
  const entry = {
    driver: components.quickjs,
    usb: { vendorId: "0x054c", interfaces: [0] },
    settings: { player: "1" },
  };
  await using board = await openBoard({ devices: { pad: entry } }, { usb: [usb] });
  await expect(board.hid("pad")).rejects.toMatchObject({ code: "invalid-argument" });
});
