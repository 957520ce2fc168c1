/** The WIT export on a played-back device. */

import { usbOn } from "@busbar/guest";
import type { ExpectedUsbStep } from "@busbar/guest/usb-playback";
import { describe, expect, it } from "vitest";
import { Hid, hidOn, hidOptions, Usage } from "../src/index.ts";
import { clock, deviceOf, gamepad, inputStep, keyboard, type Model, opening, playerOf } from "./hid-play.ts";
import { bytes } from "./support.ts";

describe("the WIT export", () => {
  const identity = { vendorId: 0x1209, productId: 1, versionBcd: 0x0203 };
  const unnamed = { vendor: "", product: "", serialNumber: "" };

  function exportOf(model: Model, steps: readonly ExpectedUsbStep[]) {
    const playback = playerOf(deviceOf(model), steps);
    const board = {
      usb: playback.host,
      time: { ...clock, waitMs: () => {} },
      getSettings: () => [],
      warn: () => {},
    };
    const hid = hidOn(board, { bus: usbOn(board), options: hidOptions, driver: Hid });
    return { playback, device: hid.open("pad") };
  }

  it("tells what the device is, and lists collections and fields", () => {
    const { device } = exportOf(gamepad, opening(gamepad, []));
    expect(device.info()).toEqual({ ...identity, ...unnamed, bootInterface: "none", countryCode: 0 });
    expect(device.reportDescriptor()).toEqual(gamepad.reportDescriptor);
    expect(device.collections()).toEqual([{ kind: 1, usage: Usage.GAMEPAD, parent: undefined }]);
    expect(
      device.fields().map(({ kind, reportId, bitOffset, count, collection }) => ({
        kind,
        reportId,
        bitOffset,
        count,
        collection,
      })),
    ).toEqual([
      { kind: "input", reportId: 1, bitOffset: 0, count: 2, collection: 0 },
      { kind: "input", reportId: 1, bitOffset: 16, count: 1, collection: 0 },
      { kind: "input", reportId: 1, bitOffset: 20, count: 1, collection: 0 },
      { kind: "output", reportId: 2, bitOffset: 0, count: 1, collection: 0 },
      { kind: "feature", reportId: 3, bitOffset: 0, count: 4, collection: 0 },
    ]);
    expect(device.fields()[1]).toMatchObject({
      bitSize: 4,
      usages: [{ minimum: Usage.HAT_SWITCH, maximum: Usage.HAT_SWITCH }],
      logicalMinimum: 0,
      logicalMaximum: 7,
      flags: { constant: false, variable: true, nullState: true, relative: false, noPreferred: false },
    });
  });

  it("lists fields that are outside of all collections, and takes vendors' usages as they are", () => {
    // A byte of a vendor's page, then a gamepad's X in its collection.
    const loose = {
      ...gamepad,
      reportDescriptor: bytes(
        "06 00 FF 09 01 15 00 26 FF 00 75 08 95 01 81 02 05 01 09 05 A1 01 09 30 81 02 C0",
      ),
    };
    const { device } = exportOf(loose, [...opening(loose, ["11 22"]), inputStep(undefined)]);
    const [first, second] = device.fields();
    expect([first?.collection, second?.collection]).toEqual([undefined, 0]);
    // As a u32 of 2^31 and more leaves a guest whole.
    expect(first?.usages).toEqual([{ minimum: 0xff00_0001 | 0, maximum: 0xff00_0001 | 0 }]);
    expect(device.read(1000)?.values).toEqual([
      { field: 0, usage: 0xff00_0001 | 0, number: 0x11 },
      { field: 1, usage: Usage.X, number: 0x22 },
    ]);
  });

  it("reads values by field, and none in the null state", () => {
    const { device } = exportOf(gamepad, [...opening(gamepad, ["01 81 7F 08"]), inputStep(undefined)]);
    expect(device.read(1000)).toEqual({
      id: 1,
      values: [
        { field: 0, usage: Usage.X, number: -127 },
        { field: 0, usage: Usage.Y, number: 127 },
        { field: 1, usage: Usage.HAT_SWITCH, number: undefined },
      ],
    });
  });

  it("lists only the usages of an array that are active, in the boot protocol too", () => {
    const report = "01 00 04 05 00 00 00 00";
    const steps: ExpectedUsbStep[] = [
      inputStep(report),
      { control: [0x21, 0x0b, 0, 1], out: [] },
      inputStep(undefined),
    ];
    const { device } = exportOf(keyboard, [...opening(keyboard, [report, report]), ...steps]);
    // In the order of the descriptor: modifiers, a reserved byte, lights, their padding, keys.
    expect(device.fields().map(({ kind }) => kind)).toEqual(["input", "input", "output", "output", "input"]);
    const first = device.read(1000);
    expect(first?.values.filter(({ number }) => number !== 0)).toEqual([
      { field: 0, usage: 0x0007_00e0, number: 1 },
      { field: 4, usage: 0x0007_0004, number: 1 },
      { field: 4, usage: 0x0007_0005, number: 1 },
    ]);
    device.setProtocol("boot");
    expect(device.read(1000)).toEqual(first);
  });

  it("sends values by field", () => {
    const steps: ExpectedUsbStep[] = [
      { control: [0x21, 0x09, 0x0303, 1], out: [3, 1, 2, 0, 0] },
      { endpoint: 0x02, out: [2, 255] },
    ];
    const { device, playback } = exportOf(gamepad, [...opening(gamepad, []), ...steps]);
    device.send(
      "feature",
      [1, 2].map((number) => ({ field: 4, usage: 0xff00_0002 | 0, number })),
    );
    device.sendRaw("output", { id: 2, data: Uint8Array.of(255) });
    playback.done();
  });

  it.each([
    ["nothing", "output", []],
    ["a field that is not there", "output", [{ field: 9, usage: 1, number: 1 }]],
    ["a field of another kind", "output", [{ field: 4, usage: 0xff00_0002, number: 1 }]],
    [
      "fields of two reports",
      "output",
      [
        { field: 3, usage: 0xff00_0001, number: 1 },
        { field: 4, usage: 0xff00_0002, number: 1 },
      ],
    ],
    ["a value out of range", "output", [{ field: 3, usage: 0xff00_0001, number: 256 }]],
  ] as const)("refuses to send %s", (_, kind, values) => {
    const { device } = exportOf(gamepad, opening(gamepad, []));
    expect(() => device.send(kind, values)).toThrow(expect.objectContaining({ tag: "invalid-argument" }));
  });

  it("throws the WIT error, and is disconnected once it is closed", () => {
    const { device, playback } = exportOf(gamepad, opening(gamepad, []));
    expect(() => device.getProtocol()).toThrow(expect.objectContaining({ tag: "unsupported" }));
    device.close();
    device[Symbol.dispose]();
    expect(() => device.read(0)).toThrow(expect.objectContaining({ tag: "disconnected" }));
    expect([playback.pending, playback.opened]).toEqual([0, 0]);
  });
});
