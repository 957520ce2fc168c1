/** The simulated camera over USB/IP, by a client that knows only the two specifications. */

import { UsbIpClient } from "@busbar/contract";
import { VirtualClock } from "@busbar/sim";
import { serveUsbIp, type UsbIpServer } from "@busbar/sim/usbip";
import { afterEach, describe, expect, it } from "vitest";
import { pictureNumber, UsbCamera, type UsbCameraOptions } from "../src/model.ts";

const EPROTO = -71;
const EOVERFLOW = -75;
const EPIPE = -32;

let server: UsbIpServer | undefined;
let client: UsbIpClient | undefined;
afterEach(async () => {
  client?.socket.destroy();
  await server?.close();
});

async function attached(options: Omit<UsbCameraOptions, "clock"> = {}) {
  const clock = new VirtualClock();
  const camera = new UsbCamera({ clock, ...options });
  server = await serveUsbIp({ devices: [camera] });
  client = await UsbIpClient.connect(server.port);
  await client.import("1-1");
  await client.control("0009010000000000");
  return { camera, clock, client };
}

/** SET_CUR of the probe, GET_CUR, SET_CUR of the commit: UVC 1.1 section 4.3.1.1. */
async function commit(usb: UsbIpClient, format: number, frame: number, interval: number): Promise<Buffer> {
  const probe = Buffer.alloc(34);
  probe[2] = format;
  probe[3] = frame;
  probe.writeUInt32LE(interval, 4);
  expect(await usb.control("2101000101002200", probe)).toMatchObject({ status: 0 });
  const { data } = await usb.control("a181000101002200");
  expect(await usb.control("2101000201002200", data)).toMatchObject({ status: 0 });
  return data;
}

describe("a camera with isochronous transfers", () => {
  it("sends each picture in the packets of its interval, and bare headers between", async () => {
    const { camera, clock, client } = await attached();
    const answer = await commit(client, 1, 2, 333_333);
    expect([answer.length, answer.readUInt32LE(4), answer.readUInt32LE(22)]).toEqual([34, 333_333, 1024]);
    await client.control("010b020001000000");
    const packets: (Buffer | number)[] = [];
    for (let transfer = 0; transfer < 17; transfer += 1) {
      packets.push(...(await client.isochronousIn(1, Array(32).fill(1024))));
    }
    // 544 microframes of 125 us are 68 ms: two pictures, and the begin of the third.
    expect(clock.now()).toBe(68);
    const headers = packets.map((packet) => (packet as Buffer).subarray(0, 2).toString("hex"));
    const pictures = [0, 1].map((number) => {
      const own = packets.slice(number * 267, (number + 1) * 267) as Buffer[];
      expect(new Set(own.map((packet) => packet.readUInt32LE(2))).size).toBe(1);
      return Buffer.concat(own.map((packet) => packet.subarray(6)));
    });
    expect(headers.slice(0, 21)).toEqual([...Array(19).fill("0684"), "0686", "0684"]);
    expect(headers.slice(267, 288)).toEqual([...Array(19).fill("0685"), "0687", "0685"]);
    expect(pictures.map((picture) => picture.equals(camera.picture(pictureNumber(picture))))).toEqual([
      true,
      true,
    ]);
    expect(pictures.map(pictureNumber)).toEqual([0, 1]);
  });

  it("can lose packets, and says what was too long for the host", async () => {
    const { client } = await attached({ damage: (picture) => (picture === 0 ? "lost" : undefined) });
    await commit(client, 1, 1, 333_333);
    await client.control("010b020001000000");
    const packets = await client.isochronousIn(1, Array(20).fill(1024));
    expect(packets.map((packet) => (typeof packet === "number" ? packet : 0))).toEqual(
      Array.from({ length: 20 }, (_, index) => (index === 10 ? EPROTO : 0)),
    );
    await client.control("010b020001000000");
    expect(await client.isochronousIn(1, [1023, 1024])).toEqual([EOVERFLOW, expect.any(Buffer)]);
  });

  it("sends nothing in setting 0", async () => {
    const { client } = await attached();
    await expect(client.isochronousIn(1, [1024])).rejects.toThrow(`${EPROTO}, 0 packets`);
  });
});

describe("a camera with bulk transfers", () => {
  it("sends payloads until the end of a halt", async () => {
    const { camera, client } = await attached({ transfer: "bulk" });
    await commit(client, 1, 2, 333_333);
    const read = async (seqnum: number, length: number) => {
      client.submit({ seqnum, direction: "in", ep: 1, length });
      return (await client.reply()).data;
    };
    const first = await read(1, 16_384);
    const second = await read(2, 16_384);
    expect([first.length, second.length]).toEqual([16_384, 20_000 + 2 * 6 - 16_384]);
    expect(Buffer.concat([first.subarray(6), second.subarray(6)]).equals(camera.picture(0))).toBe(true);
    // A payload that fills a transfer and could be longer is ended by a packet without data.
    expect((await read(3, 8192)).length).toBe(8192);
    expect((await read(4, 8192)).length).toBe(8192);
    expect((await read(5, 3628)).length).toBe(3628);
    expect((await read(6, 3628)).length).toBe(0);
    await client.control("0201000081000000");
    client.submit({ seqnum: 7, direction: "in", ep: 1, length: 512 });
    client.unlink(8, 7);
    expect(await client.reply("out")).toMatchObject({ command: 4, seqnum: 8 });
  });
});

describe("the controls", () => {
  it("make of a probe what the camera has", async () => {
    const { client } = await attached();
    const probe = await commit(client, 9, 9, 1);
    expect([probe[2], probe[3], probe.readUInt32LE(4)]).toEqual([2, 1, 666_666]);
    expect((await client.control("a187000101002200")).data.readUInt32LE(4)).toBe(333_333);
    expect((await client.control("a186000101000100")).data[0]).toBe(3);
    expect((await client.control("a185000101000200")).data.readUInt16LE(0)).toBe(34);
  });

  it("stall for what the camera has not", async () => {
    const { client } = await attached();
    for (const setup of ["a181000301002200", "a181000100002200", "a188000101002200", "a181000101012200"]) {
      expect(await client.control(setup)).toMatchObject({ status: EPIPE });
    }
    expect(await client.control("2101000101001900", new Uint8Array(25))).toMatchObject({ status: EPIPE });
  });
});
