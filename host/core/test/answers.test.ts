/** Answers of drivers that have the right types and make no sense. */

import { describe, expect, test } from "vitest";
import { BlockDevice } from "../src/device/block-device/block-device.ts";
import { Camera } from "../src/device/camera/camera.ts";
import { Contact } from "../src/device/contact/contact.ts";
import { deviceAnswer } from "../src/device/error.ts";
import { Hid } from "../src/device/hid/hid.ts";
import { Sensor } from "../src/device/sensor/sensor.ts";
import { SerialPort } from "../src/device/serial-port/serial-port.ts";
import { Switch } from "../src/device/switch/switch.ts";
import { TextDisplay } from "../src/device/text-display/text-display.ts";
import { UsbEcho } from "../src/device/usb-echo/usb-echo.ts";
import type { DriverInstance } from "../src/instance/instance.ts";
import { ComponentError, FakeClock } from "./fakes.ts";

const clock = new FakeClock();
const long = "x".repeat(8 * 1024 * 1024);
const names = { vendor: "V", model: "M", product: "P", serialNumber: "1", revision: "2" };
const temperature = { quantity: "temperature", label: "t", minimum: 0, maximum: 100, resolution: 0.1 };

/** An instance whose device answers so, without a component. What became of the device is in `ends`. */
function instanceOf(answers: Record<string, unknown>) {
  const ends: string[] = [];
  const device: Record<string, unknown> = { close: async () => void ends.push("closed") };
  for (const [name, answer] of Object.entries({ info: names, ...answers })) device[name] = async () => answer;
  const instance = {
    callMs: 1000,
    alive: true,
    opened: () => {},
    closed: () => {},
    drop: async () => void ends.push("dropped"),
    call: async (invoke: (exports: object) => unknown) => invoke({ open: async () => device }),
  } as unknown as DriverInstance;
  return { instance, ends };
}

function protocol(text: string | RegExp) {
  const message = typeof text === "string" ? `part: the driver ${text}; its author has to mend that` : text;
  return { code: "protocol", device: "part", message: expect.stringMatching(message) };
}

describe("a sensor", () => {
  const open = (answers: object) => Sensor.open("part", instanceOf({ ...answers }).instance, clock);

  test.for([
    ["a label twice", [temperature, temperature], 'lists the channel "t" twice'],
    [
      "no label",
      [{ ...temperature, label: "" }],
      "lists a channel with a label of 0 characters, and one has 1 to 200",
    ],
    ["a long label", [{ ...temperature, label: long }], "label of 8388608 characters"],
    ["a minimum that is none", [{ ...temperature, minimum: Number.NaN }], "reaches from NaN to 100"],
    ["no maximum", [{ ...temperature, maximum: Number.POSITIVE_INFINITY }], "reaches from 0 to Infinity"],
    [
      "minimum above maximum",
      [{ ...temperature, minimum: 101 }],
      'says that the channel "t" reaches from 101 to 100',
    ],
    ["no resolution", [{ ...temperature, resolution: Number.NaN }], "has a resolution of NaN"],
    ["a resolution below 0", [{ ...temperature, resolution: -1 }], "has a resolution of -1"],
    [
      "channels without number",
      new Array(20_000).fill(temperature),
      "lists 20000 channels, and a sensor has 1024 at most",
    ],
  ] as const)("channels: %s", async ([, channels, text]) => {
    const { instance, ends } = instanceOf({ channels });
    await expect(Sensor.open("part", instance, clock)).rejects.toMatchObject(
      protocol(new RegExp(`^part: the driver .*${text}`)),
    );
    // Nothing is left open by it.
    expect(ends).toEqual(["closed", "dropped"]);
  });

  test.for([
    [[], "gives 0 values for 1 channels"],
    [[1, 2], "gives 2 values for 1 channels"],
    [[-140.88], 'gives -140.88 for the channel "t", which reaches from 0 to 100'],
    [[100.1], 'gives 100.1 for the channel "t", which reaches from 0 to 100'],
    [[Number.NaN], 'gives NaN for the channel "t", which reaches from 0 to 100'],
    [[Number.POSITIVE_INFINITY], 'gives Infinity for the channel "t", which reaches from 0 to 100'],
  ] as const)("values: %j", async ([values, text]) => {
    const sensor = await open({ channels: [temperature], read: values });
    await expect(sensor.read()).rejects.toMatchObject(protocol(text));
  });

  test("labels that are names of JavaScript's objects work", async () => {
    const labels = ["constructor", "then", "toString", "hasOwnProperty", "valueOf", "__proto__", "length"];
    const channels = labels.map((label) => ({ ...temperature, label }));
    const sensor = await open({ channels, read: labels.map((_, index) => index) });
    const reading = await sensor.read();
    expect(Object.entries(reading)).toEqual(labels.map((label, index) => [label, index]));
    expect(Object.getPrototypeOf(reading)).toBe(Object.prototype);
  });

  test("names of any length are cut", async () => {
    const sensor = await open({ info: { vendor: long, model: long }, channels: [] });
    expect(sensor.info).toEqual({ vendor: `${"x".repeat(200)}…`, model: `${"x".repeat(200)}…` });
  });
});

describe("a text display", () => {
  const capabilities = {
    brightnessLevels: 1,
    blinkRates: [1],
    customCharacters: { count: 8, rows: 8, columns: 5 },
  };
  const size = { rows: 2, columns: 16 };

  test.for([
    ["no rows", { size: { rows: 0, columns: 16 } }, "says that it has 0 rows of 16 characters"],
    [
      "columns without number",
      { size: { rows: 1, columns: 0xffff_ffff } },
      "1 rows of 4294967295 characters",
    ],
    [
      "levels without number",
      { capabilities: { ...capabilities, brightnessLevels: 0xffff_ffff } },
      "4294967295 levels",
    ],
    [
      "a rate that is none",
      { capabilities: { ...capabilities, blinkRates: [Number.NaN] } },
      "can blink at NaN Hz",
    ],
    ["a rate of 0", { capabilities: { ...capabilities, blinkRates: [0] } }, "can blink at 0 Hz"],
    [
      "rates without number",
      { capabilities: { ...capabilities, blinkRates: new Float64Array(65) } },
      "lists 65 rates",
    ],
    [
      "wide characters",
      { capabilities: { ...capabilities, customCharacters: { count: 8, rows: 8, columns: 9 } } },
      "8 custom characters of 9 x 8 dots",
    ],
  ] as const)("%s", async ([, answers, text]) => {
    const { instance, ends } = instanceOf({ size, capabilities, ...answers });
    await expect(TextDisplay.open("part", instance)).rejects.toMatchObject(protocol(new RegExp(text)));
    expect(ends).toEqual(["closed", "dropped"]);
  });

  test("names of any length are cut", async () => {
    const { instance } = instanceOf({ size, capabilities, info: { vendor: long, model: "M" } });
    expect((await TextDisplay.open("part", instance)).info.vendor).toHaveLength(201);
  });
});

describe("a human interface device", () => {
  const field = {
    ...{ kind: "input", reportId: 0, bitOffset: 0, bitSize: 8, count: 1, flags: {}, usages: [] },
    ...{
      logicalMinimum: 0,
      logicalMaximum: 1,
      physicalMinimum: 0,
      physicalMaximum: 1,
      unit: 0,
      unitExponent: 0,
    },
  };
  const told = { reportDescriptor: new Uint8Array(3), collections: [{ kind: 1, usage: 1 }], fields: [field] };

  test.for([
    [
      "a descriptor without end",
      { reportDescriptor: new Uint8Array(65_536) },
      "report descriptor of 65536 bytes",
    ],
    [
      "a collection in itself",
      { collections: [{ kind: 1, usage: 1, parent: 0 }] },
      "collection 0 is in collection 0",
    ],
    [
      "a field in no collection there is",
      { fields: [{ ...field, collection: 1 }] },
      "field 0 is in collection 1 of 1",
    ],
    ["a field of no bits", { fields: [{ ...field, bitSize: 0 }] }, "1 values of 0 bits"],
    [
      "a field of any length",
      { fields: [{ ...field, count: 0xffff_ffff }] },
      "4294967295 values of 8 bits at bit 0",
    ],
    [
      "a range that is none",
      { fields: [{ ...field, logicalMaximum: Number.NaN }] },
      "the ranges 0, NaN, 0, 1",
    ],
  ] as const)("%s", async ([, answers, text]) => {
    const { instance, ends } = instanceOf({ ...told, ...answers });
    await expect(Hid.open("part", instance, clock)).rejects.toMatchObject(protocol(new RegExp(text)));
    expect(ends).toEqual(["closed", "dropped"]);
  });

  test.for([
    [{ field: 1, usage: 1, number: 1 }, "gives a value of field 1, and the device has 1 fields"],
    [{ field: 0, usage: 1, number: Number.NaN }, "gives NaN for field 0"],
  ] as const)("a value %j", async ([value, text]) => {
    const report = { id: 0, values: [value] };
    const { instance } = instanceOf({ ...told, info: { ...names, vendor: long }, read: report, get: report });
    const hid = await Hid.open("part", instance, clock);
    expect(hid.info.vendor).toHaveLength(201);
    await expect(hid.read()).rejects.toMatchObject(protocol(text));
    await expect(hid.get("feature")).rejects.toMatchObject(protocol(text));
  });
});

describe("a serial port", () => {
  test("texts are cut, more bytes than were asked for and lines that there are not are refused", async () => {
    const { instance } = instanceOf({
      info: { ...names, serialNumber: long },
      read: new Uint8Array(3),
      getLineSettings: { baudRate: 0, dataBits: 8, parity: "none", stopBits: "one" },
    });
    const port = await SerialPort.open("part", instance, clock);
    expect(port.info.serialNumber).toHaveLength(201);
    await expect(port.read({ maxBytes: 2 })).rejects.toMatchObject(
      protocol("gives 3 bytes where 2 were asked for at most"),
    );
    await expect(port.lineSettings()).rejects.toMatchObject(
      protocol("says that the line has 0 baud and 8 data bits"),
    );
  });
});

describe("a disk", () => {
  const info = { ...names, blockSize: 512, blockCount: 8n, maximumTransferBlocks: 1 };

  test.for([
    [{ ...info, blockSize: 0 }, "says that a block has 0 bytes"],
    [
      { ...info, blockCount: 2n ** 64n - 1n },
      "says that there are 18446744073709551615 blocks, which no disk has",
    ],
    [{ ...info, maximumTransferBlocks: 0 }, "says that no block can be read or written"],
  ] as const)("%#", async ([told, text]) => {
    const disk = await BlockDevice.open("part", instanceOf({ info: told }).instance);
    await expect(disk.info()).rejects.toMatchObject(protocol(new RegExp(text)));
  });

  test("texts are cut, and what is no blocks is refused", async () => {
    const { instance } = instanceOf({ info: { ...info, revision: long }, read: new Uint8Array(513) });
    const disk = await BlockDevice.open("part", instance);
    expect((await disk.info()).revision).toHaveLength(201);
    await expect(disk.read(0, 2)).rejects.toMatchObject(protocol("gives 513 bytes for 2 blocks"));
  });
});

describe("a switch, and a contact", () => {
  test("names are cut", async () => {
    const info = { vendor: long, model: long };
    const opened = await Switch.open("part", instanceOf({ info }).instance);
    expect([opened.info.vendor.length, opened.info.model.length]).toEqual([201, 201]);
    const contact = await Contact.open("part", instanceOf({ info }).instance, clock);
    expect(contact.info.model).toHaveLength(201);
  });

  const change = (closed: boolean, timeMs: number) => ({ closed, timeMs });
  test.each([
    ["two to one state", [change(true, 1), change(true, 2)]],
    ["one before the other", [change(true, 2), change(false, 1)]],
    ["one at no time", [change(true, Number.NaN)]],
  ])("changes of a contact that cannot be: %s", async (_, changes) => {
    const { instance } = instanceOf({ nextChanges: { changes, lost: false } });
    const contact = await Contact.open("part", instance, clock);
    await expect(contact.nextChanges({ timeoutMs: 0 })).rejects.toMatchObject(
      protocol("gives changes that are no times in their order"),
    );
  });

  test("a time to wait that is none is refused", async () => {
    const contact = await Contact.open("part", instanceOf({}).instance, clock);
    await expect(contact.nextChanges({ timeoutMs: -1 })).rejects.toMatchObject({ code: "invalid-argument" });
  });

  test("changes are given one by one, and that some are lost is told even where none is left", async () => {
    const changes = [change(true, 1), change(false, 1)];
    const contact = await Contact.open(
      "part",
      instanceOf({ nextChanges: { changes, lost: true } }).instance,
      clock,
    );
    const told = [];
    for await (const each of contact.changes()) if (told.push(each) === 2) break;
    expect(told).toEqual(changes);
    const lost = await Contact.open(
      "part",
      instanceOf({ nextChanges: { changes: [], lost: true } }).instance,
      clock,
    );
    expect(await lost.nextChanges()).toEqual({ changes: [], lost: true });
  });
});

describe("a camera", () => {
  const mode = { encoding: "mjpeg", width: 640, height: 480, intervalMs: 33.3 };

  test.for([
    [[], "lists 0 modes, and a camera has 1 to 1024"],
    [Array(1025).fill(mode), "lists 1025 modes, and a camera has 1 to 1024"],
    [[mode, { ...mode, width: 0, intervalMs: 40 }], "lists a mode of 0 x 480 pixels every 40 ms"],
    [[{ ...mode, height: 65_536, intervalMs: 40 }], "lists a mode of 640 x 65536 pixels every 40 ms"],
    [[{ ...mode, intervalMs: 0 }], "lists a mode of 640 x 480 pixels every 0 ms"],
    [[{ ...mode, intervalMs: Number.NaN }], "lists a mode of 640 x 480 pixels every NaN ms"],
  ] as const)("%#", async ([modes, text]) => {
    const { instance, ends } = instanceOf({ modes });
    await expect(Camera.open("part", instance, clock)).rejects.toMatchObject(protocol(text));
    expect(ends).toEqual(["closed", "dropped"]);
  });

  test("texts are cut, and a mode that it does not have does not reach the driver", async () => {
    const { instance } = instanceOf({ info: { ...names, vendor: long }, modes: [mode] });
    const camera = await Camera.open("part", instance, clock);
    expect(camera.info.vendor).toHaveLength(201);
    for (const index of [1, -1, 0.5]) {
      await expect(camera.start(index)).rejects.toMatchObject({
        code: "invalid-argument",
        message: `part: the mode is ${index}, but must be a whole number from 0 to 0`,
      });
    }
  });
});

describe("a device that sends back what it is sent", () => {
  test("pipes that are none, and bytes of another length", async () => {
    const { instance, ends } = instanceOf({ info: { ...names, pipes: ["bulk", "bulk"] } });
    await expect(UsbEcho.open("part", instance)).rejects.toMatchObject(protocol(/lists 2 pipes/));
    expect(ends).toEqual(["closed", "dropped"]);
    const good = instanceOf({ info: { ...names, pipes: ["bulk"] }, roundTrip: new Uint8Array(2) });
    const echo = await UsbEcho.open("part", good.instance);
    await expect(echo.roundTrip("bulk", Uint8Array.of(1))).rejects.toMatchObject(
      protocol("gives 2 bytes where 1 were sent"),
    );
  });
});

test.for([
  { tag: "protocol", val: long },
  { tag: "bus", val: { kind: "other", message: long } },
] as const)("an error of any length is cut: $tag", (payload) => {
  const error = deviceAnswer("part", new ComponentError(payload));
  expect(error?.message.length).toBeLessThan(2_100);
  expect(JSON.stringify(error?.payload).length).toBeLessThan(2_100);
});
