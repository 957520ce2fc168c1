/** Every driver of the workspace. */

import { CdcAcmEcho } from "@busbar/cdc-acm/model";
import { type Random, randomBytes } from "@busbar/fuzz";
import { HidGamepad, HidKeyboard, HidMouse } from "@busbar/hid/model";
import type { BlockDevice, Hid, HidField, HidValue, OpenBoard, SerialPort } from "@busbar/host";
import { Disk, MemoryMedium } from "@busbar/mass-storage/model";
import { RecordedHid } from "@busbar/sim";
import { UsbEcho } from "@busbar/usb-echo/model";
import { i2cBus } from "./i2c-bus.ts";
import type { Opened, Subject } from "./subject.ts";
import { usbBus } from "./usb-bus.ts";

const blockBytes = 512;
const disk = { blocks: 256, mostAtOnce: 16 };

/** An opened device with what is done with it. */
function closing(device: AsyncDisposable, operate: Opened["operate"]): Opened {
  return { operate, [Symbol.asyncDispose]: () => device[Symbol.asyncDispose]() };
}

function sensor(
  name: string,
  model: string,
  address: string,
  parameters: object,
  settings: object = {},
): Subject {
  return {
    name,
    device: { driver: `@busbar/${model}`, i2c: { bus: "sim", address }, settings: { ...settings } },
    bus: i2cBus(model, address, parameters),
    async open(board) {
      const opened = await board.sensor("it");
      return closing(opened, async () => {
        const reading = await opened.read();
        for (const { label, minimum, maximum } of opened.channels) {
          const value = reading[label];
          if (value === undefined || !(value >= minimum && value <= maximum))
            return `${label} is ${value}, outside of ${minimum} to ${maximum}`;
        }
        return undefined;
      });
    },
  };
}

function display(name: string, model: string, address: string, texts: readonly string[]): Subject {
  return {
    name,
    device: { driver: `@busbar/${model}`, i2c: { bus: "sim", address } },
    bus: i2cBus(model, address, {}),
    async open(board) {
      const opened = await board.textDisplay("it");
      return closing(opened, async (random) => {
        if (random(10) === 0) await opened.clear();
        else await opened.write(0, 0, texts[random(texts.length)]!);
        return undefined;
      });
    },
  };
}

/** What a field's numbers can be: an array's are usages that are there, others have their logical range. */
function rangeOf({ flags, logicalMinimum, logicalMaximum }: HidField) {
  return flags.variable ? { minimum: logicalMinimum, maximum: logicalMaximum } : { minimum: 0, maximum: 1 };
}

function hid(name: string, driver: string, make: Parameters<typeof usbBus>[0], vendorId = "0x1209"): Subject {
  const impossible = (opened: Hid, { field, usage, number }: HidValue): string | undefined => {
    const known = opened.fields[field];
    if (known === undefined) return `there is no field ${field}`;
    const { minimum, maximum } = rangeOf(known);
    if (number === undefined || (number >= minimum && number <= maximum)) return undefined;
    return `usage ${usage.toString(16)} is ${number}, outside of ${minimum} to ${maximum}`;
  };
  return {
    name,
    device: { driver, usb: { vendorId, interfaces: [0] } },
    bus: usbBus(make),
    async open(board) {
      const opened = await board.hid("it");
      return closing(opened, async () => {
        const report = await opened.read({ timeoutMs: 30 });
        for (const value of report?.values ?? []) {
          const wrong = impossible(opened, value);
          if (wrong !== undefined) return wrong;
        }
        return undefined;
      });
    },
  };
}

/** What was written, or undefined where a write may have come through in part. */
const written = new WeakMap<OpenBoard, (number | undefined)[]>();

function blocks(board: OpenBoard): (number | undefined)[] {
  const known = written.get(board) ?? Array<number | undefined>(disk.blocks).fill(0);
  written.set(board, known);
  return known;
}

async function openDisk(board: OpenBoard): Promise<Opened> {
  const known = blocks(board);
  const opened = await board.blockDevice("it");
  return closing(opened, (random) => operateDisk(opened, known, random));
}

async function operateDisk(
  opened: BlockDevice,
  known: (number | undefined)[],
  random: Random,
): Promise<string | undefined> {
  const count = 1 + random(disk.mostAtOnce);
  const first = random(disk.blocks - count);
  if (random(2) === 0) {
    const value = random(256);
    known.fill(undefined, first, first + count);
    await opened.write(first, new Uint8Array(count * blockBytes).fill(value));
    known.fill(value, first, first + count);
    return undefined;
  }
  const data = await opened.read(first, count);
  for (let block = 0; block < count; block += 1) {
    const expected = known[first + block];
    const part = data.subarray(block * blockBytes, (block + 1) * blockBytes);
    if (expected !== undefined && part.some((byte) => byte !== expected))
      return `block ${first + block} is not what was written`;
  }
  return undefined;
}

async function openSerialPort(board: OpenBoard): Promise<Opened> {
  const opened = await board.serialPort("it");
  return closing(opened, (random) => operateSerialPort(opened, random));
}

async function operateSerialPort(opened: SerialPort, random: Random): Promise<string | undefined> {
  const text = randomBytes(1 + random(40), random).map((byte) => 0x20 + (byte % 0x5f));
  await opened.write(text);
  const received = await opened.read({ timeoutMs: 200 });
  // What came before may still be under way: only what nobody wrote is impossible.
  return received.every((byte) => byte >= 0x20 && byte < 0x7f) ? undefined : "bytes came that nobody wrote";
}

async function openEcho(board: OpenBoard): Promise<Opened> {
  const opened = await board.usbEcho("it");
  return closing(opened, async (random) => {
    const data = randomBytes(1 + random(200), random);
    const back = await opened.roundTrip("bulk", data);
    return Buffer.compare(data, back) === 0 ? undefined : "other bytes came back";
  });
}

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const xboxConfiguration = bytes("09022000010100803209040000 02FF47D0 000705810340000407050203400004");
const playStationDescriptor = bytes("05010905A10185010930093115 0026FF007508953F8102C0");

/** A controller that sends the same report again and again. */
function sending(
  device: RecordedHid,
  report: Uint8Array,
  clock: { sleep(ms: number): Promise<void> },
): RecordedHid {
  const next = async () => {
    for (;;) {
      await clock.sleep(25);
      device.report(report);
    }
  };
  void next();
  return device;
}

/** In the order of their names. */
export const subjects: readonly Subject[] = [
  sensor("bme280, forced", "bme280", "0x76", {}, { mode: "forced" }),
  sensor("bme280, normal", "bme280", "0x76", {}, { mode: "normal" }),
  {
    name: "cdc-acm",
    device: { driver: "@busbar/cdc-acm", usb: { vendorId: "0x1209", interfaces: [0, 1] } },
    bus: usbBus(() => new CdcAcmEcho()),
    open: openSerialPort,
  },
  display("hd44780", "hd44780", "0x27", ["hello", "a line of text", "0123456789"]),
  hid("hid, gamepad", "@busbar/hid", (clock) => new HidGamepad({}, clock)),
  hid(
    "hid, keyboard",
    "@busbar/hid",
    (clock) => new HidKeyboard({ type: "hello world\n".repeat(2000) }, clock),
  ),
  hid("hid, mouse", "@busbar/hid", (clock) => new HidMouse({}, clock)),
  display("ht16k33", "ht16k33", "0x70", ["12.34", "8888", "-1.5"]),
  sensor("hts221", "hts221", "0x5f", {}),
  {
    name: "mass-storage",
    device: { driver: "@busbar/mass-storage", usb: { class: "0x08" } },
    bus: usbBus(
      (clock) => new Disk({ units: [{ medium: new MemoryMedium(disk.blocks * blockBytes) }] }, clock),
    ),
    open: openDisk,
  },
  hid(
    "playstation-controller",
    "@busbar/playstation-controller",
    (clock) =>
      sending(
        new RecordedHid({
          vendorId: 0x054c,
          productId: 0x05c4,
          reportDescriptor: playStationDescriptor,
          hasOutput: true,
        }),
        Uint8Array.from({ length: 64 }, (_, index) => (index === 0 ? 1 : index < 5 ? 128 : 8)),
        clock,
      ),
    "0x054c",
  ),
  sensor("sht3x", "sht3x", "0x44", {}),
  sensor("tmp102", "tmp102", "0x48", {}),
  {
    name: "usb-echo",
    device: { driver: "@busbar/usb-echo", usb: { vendorId: "0x1209", interfaces: [0] } },
    bus: usbBus(() => new UsbEcho()),
    open: openEcho,
  },
  hid(
    "xbox-controller",
    "@busbar/xbox-controller",
    (clock) =>
      sending(
        new RecordedHid({ vendorId: 0x045e, productId: 0x0b12, configuration: xboxConfiguration }),
        bytes("2000050E1001FF03CD000080FF7FFF7F0080"),
        clock,
      ),
    "0x045e",
  ),
];
