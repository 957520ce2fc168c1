/// <reference types="node" />

/** The built components of both engines, through the host, on simulated controllers. */

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
import { bytes } from "./support.ts";
import { Xbox360Model, XboxOneModel } from "./xbox-models.ts";

const packageFolder = join(import.meta.dirname, "..");
const built = mkdtempSync(join(tmpdir(), "busbar-xbox-controller-"));
const components = {
  quickjs: join(packageFolder, "dist/xbox-controller.wasm"),
  starlingmonkey: join(built, "xbox-controller.wasm"),
};

beforeAll(async () => {
  await buildPackage(packageFolder, { engine: "starlingmonkey", outFolder: built });
}, 240_000);
afterAll(() => rmSync(built, { recursive: true }));

async function boardWith<Model extends Xbox360Model | XboxOneModel>(model: Model, component: string) {
  const usb = new SimulatedUsb(nodeClock);
  usb.plug("1-1", model, { kernelInterfaces: [0] });
  const entry = { driver: component, usb: { vendorId: "0x045e", interfaces: [0] } };
  const events: BoardEvent[] = [];
  const board = await openBoard(
    { devices: { pad: entry } },
    { usb: [usb], onEvent: (event: BoardEvent) => events.push(event) },
  );
  return { board, usb, events };
}

const states = [
  [
    "an Xbox 360 controller",
    () => new Xbox360Model(),
    `00 14 0110 FF00 0080 FF7F 0000 0000 ${"00".repeat(6)}`,
  ],
  ["an Xbox One controller", () => new XboxOneModel(), "20 00 05 0E 1001 FF03 0000 0080 FF7F 0000 0000"],
] as const;

test("imports what its world declares and nothing more", () => {
  expectUsbWorld(components.quickjs, "hid");
});

describe.each(Object.entries(components))("on %s", (_, component) => {
  test.each(states)("%s is a standard gamepad, and can be moved", async (_, makeModel, message) => {
    const model = makeModel();
    const { board, events } = await boardWith(model, component);
    await using _board = board;
    await using pad = await board.hid("pad");
    expect(pad.info).toMatchObject({ vendorId: 0x045e, vendor: "Microsoft", product: "Controller" });

    model.say(bytes(message));
    for await (const state of gamepadStates(pad)) {
      expect(state).toMatchObject({ mapping: "standard", axes: [-1, -1, 0, 0] });
      const pressed = state.buttons.flatMap((button, index) => (button.pressed ? [index] : []));
      expect(pressed).toEqual([StandardButton.SOUTH, StandardButton.LEFT_TRIGGER, StandardButton.DPAD_UP]);
      break;
    }

    const field = pad.fields.findIndex(({ kind }) => kind === "output");
    expect(pad.fields[field]?.usages[0]?.minimum).toBe(Usage.STRONG_MOTOR);
    await pad.send("output", [{ field, usage: Usage.WEAK_MOTOR, number: 255 }]);
    expect(model.sent.at(-1)).toMatch(/^(00080000ff000000|09000409000f00000064ff00ff)$/);
    expect(events.filter(({ kind }) => kind === "denied")).toEqual([]);
  });

  test("acknowledges the guide button, which is then said once", async () => {
    const model = new XboxOneModel();
    const { board } = await boardWith(model, component);
    await using _board = board;
    await using pad = await board.hid("pad");
    model.say(bytes("07 30 2A 02 01 5B"));
    const report = await pad.read();
    expect(report?.values).toContainEqual(expect.objectContaining({ usage: Usage.BUTTON_1 + 12, number: 1 }));
    // Those that were repeated before the acknowledgement came are there, too, and then no more.
    while ((await pad.readRaw({ timeoutMs: 0 })) !== undefined);
    expect(model.sent).toContain("01202a09000720020000000000");
    expect(await pad.readRaw({ timeoutMs: 0 })).toBeUndefined();
  });
});

test("a controller that is unplugged is disconnected, and works when it is back", async () => {
  const { board, usb } = await boardWith(new Xbox360Model(), components.quickjs);
  await using _ = board;
  const pad = await board.hid("pad");
  const waiting = pad.readRaw();
  usb.unplug("1-1");
  await expect(waiting).rejects.toMatchObject({ code: "disconnected" });
  const next = new Xbox360Model();
  usb.plug("1-1", next);
  await using again = await board.hid("pad");
  next.say(bytes(states[0][2]));
  expect((await again.readRaw())?.data).toHaveLength(15);
});

test("settings are checked before anything is sent", async () => {
  const usb = new SimulatedUsb(nodeClock);
  const model = new Xbox360Model();
  usb.plug("1-1", model);
  const entry = {
    driver: components.quickjs,
    usb: { vendorId: "0x045e", interfaces: [0] },
    settings: { player: "5" },
  };
  await using board = await openBoard({ devices: { pad: entry } }, { usb: [usb] });
  await expect(board.hid("pad")).rejects.toMatchObject({ code: "invalid-argument" });
  expect(model.sent).toEqual([]);
});
