import { simulatedUsb, VirtualClock } from "@busbar/sim";
import { AttachedDevice } from "@busbar/sim/usbip";
import { describe, expect, test } from "vitest";
import model, { CdcAcmEcho } from "../src/model.ts";

const never = new AbortController().signal;
const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => index % 251);
const setup = (bmRequestType: number, bRequest: number, wValue = 0, wLength = 0, wIndex = 0) => ({
  bmRequestType,
  bRequest,
  wValue,
  wIndex,
  wLength,
});

async function attached(options: ConstructorParameters<typeof CdcAcmEcho>[0] = {}) {
  const echo = new CdcAcmEcho(options);
  const device = new AttachedDevice(echo);
  await device.control(setup(0x00, 9, 1), new Uint8Array(), never);
  return { model: echo, device };
}

describe("the serial port", () => {
  test("describes itself as CDC 1.2 asks for", async () => {
    const { device } = await attached();
    const configuration = await device.control(setup(0x80, 6, 0x0200, 255), new Uint8Array(), never);
    expect(configuration).toHaveLength(67);
    expect(configuration[2]).toBe(67);
    const hex = Buffer.from(configuration).toString("hex");
    expect(hex).toContain("09040000010202010005240020010524010001042402060524060001");
    expect(hex).toContain("09040100020a000000");
  });

  test("keeps the line coding, and refuses one that does not exist", async () => {
    const { model, device } = await attached();
    const coding = Uint8Array.of(0x00, 0xc2, 0x01, 0x00, 2, 1, 7);
    await device.control(setup(0x21, 0x20, 0, 7), coding, never);
    expect(await device.control(setup(0xa1, 0x21, 0, 7), new Uint8Array(), never)).toEqual(coding);
    for (const wrong of [
      coding.subarray(1),
      Uint8Array.of(0, 0, 0, 0, 3, 0, 8),
      Uint8Array.of(0, 0, 0, 0, 0, 0, 9),
    ]) {
      await expect(device.control(setup(0x21, 0x20, 0, 7), wrong, never)).rejects.toMatchObject({
        failure: "stall",
      });
    }
    expect(model.lineCoding).toEqual(coding);
  });

  test.each([setup(0x21, 0x20, 0, 7, 1), setup(0x21, 0x24), setup(0xc0, 0x01, 0, 1)])(
    "stalls the request %o",
    async (request) => {
      const { device } = await attached();
      await expect(device.control(request, new Uint8Array(7), never)).rejects.toMatchObject({
        failure: "stall",
      });
    },
  );

  test("sends back what it is sent, with a zero-length packet after full ones", async () => {
    const { device } = await attached({ speed: "full" });
    const sent = bytes(128);
    expect(await device.transferOut(0x01, sent, never)).toBe(128);
    expect(await device.transferIn(0x81, 64, never)).toEqual(sent.subarray(0, 64));
    expect(await device.transferIn(0x81, 64, never)).toEqual(sent.subarray(64));
    expect(await device.transferIn(0x81, 64, never)).toHaveLength(0);
    await device.transferOut(0x01, bytes(5), never);
    expect(await device.transferIn(0x81, 64, never)).toEqual(bytes(5));
  });

  test("holds no more than its buffer, and lets the host wait", async () => {
    const { device } = await attached({ bufferBytes: 100 });
    let isTaken = false;
    const sending = device.transferOut(0x01, bytes(250), never).then((taken) => {
      isTaken = true;
      return taken;
    });
    const received: number[] = [];
    while (received.length < 150) received.push(...(await device.transferIn(0x81, 50, never)));
    expect(isTaken).toBe(false);
    while (received.length < 250) received.push(...(await device.transferIn(0x81, 50, never)));
    expect(await sending).toBe(250);
    expect(received).toEqual([...bytes(250)]);
  });

  test("tells carrier and ready with DTR, and breaks, in packets of its size", async () => {
    const { model, device } = await attached({ notificationPacketBytes: 8 });
    await device.control(setup(0x21, 0x22, 3), new Uint8Array(), never);
    await device.control(setup(0x21, 0x23, 250), new Uint8Array(), never);
    const packets: string[] = [];
    for (let count = 0; count < 4; count += 1) {
      packets.push(Buffer.from(await device.transferIn(0x82, 8, never)).toString("hex"));
    }
    expect(packets).toEqual(["a120000000000200", "0300", "a120000000000200", "0700"]);
    expect([model.controlLineState, model.breaks]).toEqual([3, [250]]);
  });
});

describe("in the simulator", () => {
  const models = new Map([["cdc-acm", model]]);
  const transfer = (length: number) => ({
    type: "bulk" as const,
    endpoint: 0x81,
    data: new Uint8Array(),
    length,
    timeoutMs: 0,
  });

  test("is a model of the board file", async () => {
    const entry = { usb: "1-1", model: "cdc-acm", serialNumber: "7", speed: "full" } as const;
    const [device] = await simulatedUsb([entry], new VirtualClock(), models).devices();
    expect(device).toMatchObject({ serialNumber: "7", product: "serial echo", location: { speed: "full" } });
    expect(() => simulatedUsb([{ ...entry, baud: 1 }], new VirtualClock(), models)).toThrow(
      '"baud" is no parameter',
    );
  });

  test("what it sent when a transfer was cancelled is not lost", async () => {
    const [device] = await simulatedUsb(
      [{ usb: "1-1", model: "cdc-acm" }],
      new VirtualClock(),
      models,
    ).devices();
    const handle = device!.open();
    handle.claimInterface(1);
    for (let turns = 0; turns < 40; turns += 1) {
      const reading = handle.submit(transfer(512));
      const read = reading.done.then(
        ({ data }) => data,
        () => new Uint8Array(),
      );
      // Until the model waits for something to send.
      for (let turn = 0; turn < 20; turn += 1) await undefined;
      const writing = handle.submit({ ...transfer(0), endpoint: 0x01, data: bytes(3) });
      // The answer is on its way for a few turns, and the cancel comes in each of them.
      for (let turn = 0; turn < turns; turn += 1) await undefined;
      reading.cancel();
      await writing.done;
      const first = await read;
      const rest =
        first.length > 0 ? first : (await handle.submit({ ...transfer(512), timeoutMs: 10 }).done).data;
      expect(rest).toEqual(bytes(3));
    }
    await handle.close();
  });
});
