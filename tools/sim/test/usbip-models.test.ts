/** The device models through the USB/IP server, spoken to as Linux' virtual host controller does. */

import { expect, it, onTestFinished } from "vitest";
import {
  CdcAcmEcho,
  Disk,
  HidGamepad,
  HidKeyboard,
  MemoryMedium,
  UsbEcho,
  VirtualClock,
} from "../src/index.ts";
import { serveUsbIp, type UsbDevice } from "../src/usbip/index.ts";
import { UsbIpClient } from "./support/usbip-client.ts";

const EPIPE = -32;
const ECONNRESET = -104;
const SET_CONFIGURATION = "0009010000000000";

/** A client that has imported and configured a model. */
async function clientOf(model: UsbDevice): Promise<UsbIpClient> {
  const errors: unknown[] = [];
  const server = await serveUsbIp({ devices: [model], onError: (error) => errors.push(error) });
  const client = await UsbIpClient.connect(server.port);
  onTestFinished(async () => {
    client.socket.destroy();
    await server.close();
    expect(errors).toEqual([]);
  });
  await client.import("1-1");
  expect(await client.control(SET_CONFIGURATION)).toMatchObject({ status: 0 });
  return client;
}

it.each([
  ["a disk", new Disk({ units: [{}], serialNumber: "d" }, new VirtualClock()), ["Busbar", "disk", "d"]],
  ["a port", new CdcAcmEcho({ serialNumber: "c" }), ["Busbar", "serial echo", "c"]],
  ["a keyboard", new HidKeyboard({ serialNumber: "k" }, new VirtualClock()), ["Busbar", "keyboard", "k"]],
  ["an echo", new UsbEcho({ serialNumber: "e" }), ["Busbar", "echo", "e"]],
] as const)("the strings of %s", async (_, model, strings) => {
  const client = await clientOf(model);
  for (const [index, text] of strings.entries()) {
    const { data } = await client.control(`80060${index + 1}030904ff00`);
    expect(data.subarray(2).toString("utf16le")).toBe(text);
  }
});

it("a keyboard's endpoint stays pending, can be taken back, and keeps what nobody fetched", async () => {
  const keyboard = new HidKeyboard({}, new VirtualClock());
  const client = await clientOf(keyboard);
  expect(await client.control("210a000000000000")).toMatchObject({ status: 0 });
  client.submit({ seqnum: 1, direction: "in", ep: 1, length: 8 });
  client.submit({ seqnum: 2, direction: "in", ep: 1, length: 8 });
  client.unlink(3, 2);
  expect(await client.reply()).toMatchObject({ command: 4, seqnum: 3, status: ECONNRESET });
  client.unlink(4, 1);
  expect(await client.reply()).toMatchObject({ command: 4, seqnum: 4, status: ECONNRESET });
  keyboard.hold(4);
  client.submit({ seqnum: 5, direction: "in", ep: 1, length: 8 });
  expect(await client.reply()).toMatchObject({ seqnum: 5, data: Buffer.of(0, 0, 4, 0, 0, 0, 0, 0) });
});

it("a keyboard's report descriptor and lights go over endpoint 0", async () => {
  const keyboard = new HidKeyboard({}, new VirtualClock());
  const client = await clientOf(keyboard);
  expect((await client.control("8106002200000001")).data.subarray(0, 4)).toEqual(Buffer.of(5, 1, 9, 6));
  expect(await client.control("2109000200000100", Buffer.of(3))).toMatchObject({ actualLength: 1 });
  expect(keyboard.lights).toBe(3);
  expect(await client.control("2109000300000100", Buffer.of(3))).toMatchObject({ status: EPIPE });
});

it("a gamepad takes reports on its OUT endpoint", async () => {
  const gamepad = new HidGamepad({}, new VirtualClock());
  const client = await clientOf(gamepad);
  client.submit({ seqnum: 1, direction: "out", ep: 2, data: Buffer.of(2, 9, 8) });
  expect(await client.reply("out")).toMatchObject({ status: 0, actualLength: 3 });
  expect(gamepad.rumble).toEqual({ strong: 9, weak: 8 });
  client.submit({ seqnum: 2, direction: "out", ep: 2, data: Buffer.of(7) });
  expect(await client.reply("out")).toMatchObject({ status: EPIPE, actualLength: 0 });
});

it("a serial port sends a zero-length packet after a full one, and takes one", async () => {
  const port = new CdcAcmEcho({ speed: "full" });
  const client = await clientOf(port);
  const full = Buffer.alloc(64, 0x55);
  client.submit({ seqnum: 1, direction: "out", ep: 1, data: full });
  expect(await client.reply("out")).toMatchObject({ actualLength: 64 });
  client.submit({ seqnum: 2, direction: "in", ep: 1, length: 64 });
  expect((await client.reply()).data).toEqual(full);
  client.submit({ seqnum: 3, direction: "in", ep: 1, length: 64 });
  expect(await client.reply()).toMatchObject({ seqnum: 3, status: 0, actualLength: 0 });
  client.submit({ seqnum: 4, direction: "out", ep: 1, data: Buffer.alloc(0) });
  expect(await client.reply("out")).toMatchObject({ status: 0, actualLength: 0 });
  expect(port.zeroLengthPackets).toBe(1);
});

it("a disk stalls what is no command, until it is reset and its halts are cleared", async () => {
  const disk = new Disk({ units: [{ medium: new MemoryMedium(65536) }] }, new VirtualClock());
  const client = await clientOf(disk);
  client.submit({ seqnum: 1, direction: "out", ep: 2, data: Buffer.alloc(31) });
  expect(await client.reply("out")).toMatchObject({ status: EPIPE });
  client.submit({ seqnum: 2, direction: "in", ep: 1, length: 13 });
  expect(await client.reply()).toMatchObject({ status: EPIPE });
  for (const request of ["21ff000000000000", "0201000081000000", "0201000002000000"]) {
    expect(await client.control(request)).toMatchObject({ status: 0 });
  }
  // TEST UNIT READY: BOT 1.0 section 5.1.
  const wrapper = Buffer.from("55534243 01000000 00000000 00 00 06".replaceAll(" ", ""), "hex");
  client.submit({ seqnum: 3, direction: "out", ep: 2, data: Buffer.concat([wrapper, Buffer.alloc(16)]) });
  expect(await client.reply("out")).toMatchObject({ status: 0, actualLength: 31 });
  client.submit({ seqnum: 4, direction: "in", ep: 1, length: 13 });
  expect((await client.reply()).data.subarray(0, 8).toString("hex")).toBe("5553425301000000");
});
