import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { UsbIpClient } from "../../contract/src/usbip-client.ts";
import { serveUsbIp, type UsbIpServer, UsbTransferError } from "../src/usbip/index.ts";
import { TestDevice } from "./support/usb-device.ts";

const EPIPE = -32;
const EPROTO = -71;
const EOVERFLOW = -75;
const ECONNRESET = -104;
const EREMOTEIO = -121;
const ENOSYS = -38;

let device: TestDevice;
let other: TestDevice;
let errors: unknown[];
let server: UsbIpServer;

beforeEach(async () => {
  device = new TestDevice();
  other = new TestDevice();
  errors = [];
  server = await serveUsbIp({ devices: [device, other], onError: (error) => errors.push(error) });
});
afterEach(() => server.close());

async function connect(): Promise<UsbIpClient> {
  const client = await UsbIpClient.connect(server.port);
  onTestFinished(() => void client.socket.destroy());
  return client;
}

/** A client that has imported the first device and chosen its configuration. */
async function configured(): Promise<UsbIpClient> {
  const client = await connect();
  await client.import("1-1");
  expect(await client.control("0009070000000000")).toMatchObject({ status: 0 });
  return client;
}

describe("listing and importing", () => {
  it("lists each device with its interfaces and closes", async () => {
    const client = await connect();
    client.send("0111 8005 00000000");
    const list = await client.closed();
    expect(list.length).toBe(12 + 2 * (312 + 4));
    expect(list.subarray(0, 12).toString("hex")).toBe("011100050000000000000002");
    expect(list.toString("latin1", 12 + 256, 12 + 256 + 4)).toBe("1-1\0");
    // busnum, devnum, speed, idVendor, idProduct, bcdDevice, classes, configuration, configurations, interfaces
    expect(list.subarray(12 + 288, 12 + 312).toString("hex")).toBe(
      "00000001" + "00000002" + "00000002" + "1209" + "0001" + "0123" + "000000" + "07" + "01" + "01",
    );
    expect(list.subarray(12 + 312, 12 + 316).toString("hex")).toBe("ff010200");
    expect(server.busIds).toEqual(["1-1", "1-2"]);
  });

  it("imports a device once, and again after its client is gone", async () => {
    const first = await connect();
    expect((await first.import("1-1")).toString("latin1", 256, 260)).toBe("1-1\0");

    const second = await connect();
    second.requestImport("1-1");
    expect((await second.closed()).toString("hex")).toBe("0111000300000002"); // ST_DEV_BUSY

    server.unplug("1-1");
    await first.closed();
    expect(device.events).toEqual(["detached"]);
    await (await connect()).import("1-1");
  });

  it("has no device of another name", async () => {
    const client = await connect();
    client.requestImport("1-9");
    expect((await client.closed()).toString("hex")).toBe("0111000300000004"); // ST_NODEV
    expect(() => server.unplug("1-9")).toThrow(RangeError);
  });

  it("closes on a client that speaks something else, and goes on", async () => {
    const client = await connect();
    client.send(Buffer.from("GET / HTTP/1.1\r\n\r\n").toString("hex"));
    expect(await client.closed()).toHaveLength(0);
    expect(errors).toMatchObject([{ name: "UsbIpProtocolError" }]);
    await (await connect()).import("1-1");
  });

  it("unplugs everything when it is closed, twice if need be", async () => {
    const client = await connect();
    await client.import("1-1");
    await server.close();
    await client.closed();
    await server.close();
    expect(device.events).toEqual(["detached"]);
  });
});

describe("standard requests", () => {
  it("gives the descriptors, cut to what was asked for", async () => {
    const client = await connect();
    await client.import("1-1");
    expect((await client.control("8006000100001200")).data).toEqual(Buffer.from(device.descriptors.device));
    expect((await client.control("8006000100000800")).data).toHaveLength(8);
    const configuration = await client.control("800600020000ff00");
    expect(configuration.data).toEqual(Buffer.from(device.descriptors.configurations[0]!));
    expect((await client.control("800600030000ff00")).data.toString("hex")).toBe("04030904");
    const text = (await client.control("800601030904ff00")).data;
    expect(text.subarray(2).toString("utf16le")).toBe("Busbar");
    for (const absent of ["800603030904ff00", "800601020000ff00", "8006000600000a00", "80060022000040ff"]) {
      expect(await client.control(absent)).toMatchObject({ status: EPIPE, actualLength: 0 });
    }
  });

  it("keeps the configuration and the alternate settings", async () => {
    const client = await connect();
    await client.import("1-1");
    expect((await client.control("8008000000000100")).data.toString("hex")).toBe("00");
    expect(await client.control("0009080000000000")).toMatchObject({ status: EPIPE });
    expect(await client.control("810a000000000100")).toMatchObject({ status: EPIPE });
    expect(await client.control("0009070000000000")).toMatchObject({ status: 0 });
    expect((await client.control("8008000000000100")).data.toString("hex")).toBe("07");
    expect((await client.control("8000000000000200")).data.toString("hex")).toBe("0100");
    expect(await client.control("010b010000000000")).toMatchObject({ status: 0 });
    expect((await client.control("810a000000000100")).data.toString("hex")).toBe("01");
    expect(await client.control("010b020000000000")).toMatchObject({ status: EPIPE });
    // Setting 1 has no endpoints.
    client.submit({ seqnum: 1, direction: "in", ep: 2, length: 4 });
    expect(await client.reply()).toMatchObject({ status: EPROTO });
    expect(device.events).toEqual(["configuration 7", "interface 0 setting 1"]);
  });
});

describe("transfers", () => {
  it("passes vendor requests to the device", async () => {
    const client = await configured();
    expect((await client.control("c011220000000400")).data.toString("hex")).toBe("11220304");
    expect(await client.control("4011220000000300", Buffer.from("abc"))).toMatchObject({ actualLength: 3 });
    expect(device.written).toEqual([new Uint8Array(Buffer.from("abc"))]);
    // wLength is what counts, also for a host with room for more.
    client.submit({ seqnum: 1, direction: "in", ep: 0, length: 100, setup: "c011220000000400" });
    expect(await client.reply()).toMatchObject({ seqnum: 1, actualLength: 4 });
    expect(await client.control("a101000000000400")).toMatchObject({ status: EPIPE });
  });

  it("answers an interrupt transfer when the device has something to say, and others meanwhile", async () => {
    const client = await configured();
    client.submit({ seqnum: 1, direction: "in", ep: 1, length: 8 });
    client.submit({ seqnum: 2, direction: "out", ep: 2, data: Buffer.from("hello"), packets: 0 });
    expect(await client.reply("out")).toMatchObject({ seqnum: 2, actualLength: 5, numberOfPackets: 0 });
    device.interrupt?.(Uint8Array.of(1, 2, 3));
    expect(await client.reply()).toMatchObject({
      seqnum: 1,
      status: 0,
      numberOfPackets: 0xffff_ffff,
      data: Buffer.of(1, 2, 3),
    });
  });

  it("runs the transfers of an endpoint one after the other", async () => {
    const client = await configured();
    for (const seqnum of [1, 2, 3]) client.submit({ seqnum, direction: "in", ep: 1, length: 8 });
    await client.control("c011220000000400");
    expect(device.events).toEqual(["configuration 7", "interrupt begins"]);
    client.unlink(4, 2);
    expect(await client.reply()).toMatchObject({ command: 4, seqnum: 4, status: ECONNRESET });
    device.interrupt?.(Uint8Array.of(1));
    expect(await client.reply()).toMatchObject({ command: 3, seqnum: 1 });
    await client.control("c011220000000400");
    device.interrupt?.(Uint8Array.of(3));
    expect(await client.reply()).toMatchObject({ command: 3, seqnum: 3, data: Buffer.of(3) });
  });

  it("takes back a transfer that is running, and only one that is not answered", async () => {
    const client = await configured();
    client.submit({ seqnum: 1, direction: "in", ep: 1, length: 8 });
    client.unlink(2, 1);
    expect(await client.reply()).toMatchObject({ command: 4, seqnum: 2, status: ECONNRESET });
    client.unlink(3, 1);
    expect(await client.reply()).toMatchObject({ command: 4, seqnum: 3, status: 0 });
    expect(device.events.at(-1)).toBe("interrupt aborted");
    expect(errors).toEqual([]);
  });

  it("loses nothing that the device has sent when it hears that the transfer is taken back", async () => {
    const client = await configured();
    device.bulkIn = () => Uint8Array.of(7);
    client.socket.cork();
    client.submit({ seqnum: 1, direction: "in", ep: 2, length: 8 });
    client.submit({ seqnum: 2, direction: "in", ep: 2, length: 8 });
    client.unlink(3, 1);
    client.unlink(4, 1);
    client.socket.uncork();
    expect(await client.reply()).toMatchObject({ command: 4, seqnum: 4, status: 0 });
    expect(await client.reply()).toMatchObject({ command: 3, seqnum: 1, data: Buffer.of(7) });
    expect(await client.reply()).toMatchObject({ command: 4, seqnum: 3, status: 0 });
    expect(await client.reply()).toMatchObject({ command: 3, seqnum: 2, data: Buffer.of(7) });
  });

  it("closes the connection of a device that says it is gone, and can be imported again", async () => {
    const client = await configured();
    device.bulkIn = () => {
      throw new UsbTransferError("disconnected", "pulled out");
    };
    client.submit({ seqnum: 1, direction: "in", ep: 1, length: 8 });
    client.submit({ seqnum: 2, direction: "in", ep: 2, length: 8 });
    expect(await client.closed()).toHaveLength(0);
    await configured();
    expect(errors).toEqual([]);
  });

  it("aborts what is running when the client is gone", async () => {
    const client = await configured();
    client.submit({ seqnum: 1, direction: "in", ep: 1, length: 8 });
    await client.control("c011220000000400");
    server.unplug("1-1");
    await client.closed();
    await (await connect()).import("1-1");
    expect(device.events.slice(-2)).toEqual(["interrupt aborted", "detached"]);
  });

  it("halts an endpoint that stalls until the host clears it", async () => {
    const client = await configured();
    device.bulkIn = () => {
      throw new UsbTransferError("stall", "once");
    };
    client.submit({ seqnum: 1, direction: "in", ep: 2, length: 8 });
    expect(await client.reply()).toMatchObject({ status: EPIPE });
    device.bulkIn = (length) => new Uint8Array(length);
    client.submit({ seqnum: 2, direction: "in", ep: 2, length: 8 });
    expect(await client.reply()).toMatchObject({ status: EPIPE });
    expect((await client.control("8200000082000200")).data.toString("hex")).toBe("0100");
    expect(await client.control("0201000082000000")).toMatchObject({ status: 0 });
    client.submit({ seqnum: 3, direction: "in", ep: 2, length: 8 });
    expect(await client.reply()).toMatchObject({ status: 0, actualLength: 8 });
    expect(device.events.at(-1)).toBe("halt cleared 130");
  });

  it("says when a device sends too much, or too little for a host that minds", async () => {
    const client = await configured();
    device.bulkIn = () => new Uint8Array(9);
    client.submit({ seqnum: 1, direction: "in", ep: 2, length: 8 });
    expect(await client.reply()).toMatchObject({ status: EOVERFLOW, actualLength: 0 });
    device.bulkIn = () => Uint8Array.of(7);
    client.submit({ seqnum: 2, direction: "in", ep: 2, length: 8 });
    expect(await client.reply()).toMatchObject({ status: 0, actualLength: 1 });
    client.submit({ seqnum: 3, direction: "in", ep: 2, length: 8, flags: 1 });
    expect(await client.reply()).toMatchObject({ status: EREMOTEIO, actualLength: 1, data: Buffer.of(7) });
  });

  it("refuses isochronous transfers to a device without, and endpoints that it does not have", async () => {
    const client = await configured();
    client.submit({ seqnum: 1, direction: "in", ep: 2, length: 8, packets: 1, data: new Uint8Array(16) });
    expect(await client.reply()).toMatchObject({ status: ENOSYS, numberOfPackets: 0 });
    client.submit({ seqnum: 2, direction: "in", ep: 5, length: 8 });
    expect(await client.reply()).toMatchObject({ status: EPROTO });
  });

  it("reports a fault in the model and goes on", async () => {
    const client = await configured();
    expect(await client.control("c063000000000400")).toMatchObject({ status: EPROTO });
    expect(errors).toMatchObject([{ message: "a bug in the model" }]);
    expect((await client.control("c011220000000400")).status).toBe(0);
  });

  it("closes on a client that repeats a number, or asks for the impossible", async () => {
    const client = await configured();
    client.submit({ seqnum: 1, direction: "in", ep: 1, length: 8 });
    client.submit({ seqnum: 1, direction: "in", ep: 1, length: 8 });
    await client.closed();
    const next = await configured();
    next.submit({ seqnum: 1, direction: "in", ep: 1, length: 0xffff_ffff });
    await next.closed();
    expect(errors).toHaveLength(2);
  });
});
