/** A recorded device, spoken to as a host does: what Linux' HID gadget does where a guess would be wrong. */

import { describe, expect, it } from "vitest";
import { RecordedHid, type RecordedHidOptions } from "../src/index.ts";
import { AttachedDevice } from "../src/usbip/attached-device.ts";

const never = new AbortController().signal;
const stalls = expect.objectContaining({ failure: "stall" });
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

async function plugged(options: RecordedHidOptions = {}) {
  const model = new RecordedHid({ reportDescriptor: Uint8Array.of(0x05, 0x01, 0xc0), ...options });
  const device = new AttachedDevice(model);
  const control = async (bmRequestType: number, bRequest: number, wValue: number, data: number[] = []) => {
    const setup = { bmRequestType, bRequest, wValue, wIndex: 0, wLength: 255 };
    return hex(await device.control(setup, Uint8Array.from(data), never));
  };
  await control(0x00, 9, 1);
  const read = async (length: number, signal: AbortSignal = never) =>
    hex(await device.transferIn(0x81, length, signal));
  return { model, device, control, read };
}

describe("requests", () => {
  it("GET_IDLE answers 1 at first, and what was set then", async () => {
    const { control } = await plugged();
    expect(await control(0xa1, 2, 0)).toBe("01");
    await control(0x21, 0x0a, 0x1900);
    expect(await control(0xa1, 2, 0)).toBe("19");
  });

  it("the protocol is the report protocol, and can be set on boot interfaces only", async () => {
    const { control } = await plugged();
    expect(await control(0xa1, 3, 0)).toBe("01");
    await expect(control(0x21, 0x0b, 0)).rejects.toEqual(stalls);
    const keyboard = await plugged({ subclass: 1, protocol: 1 });
    await keyboard.control(0x21, 0x0b, 0);
    expect([await keyboard.control(0xa1, 3, 0), keyboard.model.protocol]).toEqual(["00", "boot"]);
    await expect(keyboard.control(0x21, 0x0b, 2)).rejects.toEqual(stalls);
    keyboard.model.configured();
    expect(keyboard.model.protocol).toBe("report");
  });

  it("gives the descriptors and reports that it was made of, and claims what it is told to", async () => {
    const { control, model } = await plugged({
      claimedLength: 70,
      hasOutput: true,
      reports: new Map([[0x0305, Uint8Array.of(5, 7)]]),
    });
    expect(await control(0x81, 6, 0x2200)).toBe("0501c0");
    expect(await control(0x81, 6, 0x2100)).toBe("092111010001224600");
    expect(await control(0x80, 6, 0x0200)).toContain("0921110100012246000705810340000407050203400004");
    expect(await control(0xa1, 1, 0x0305)).toBe("0507");
    await expect(control(0xa1, 1, 0x0306)).rejects.toEqual(stalls);
    await control(0x21, 9, 0x0201, [1, 2]);
    expect(model.sent.map(hex)).toEqual(["0102"]);
  });
});

describe("reports", () => {
  it("that fill their packets are followed by an empty packet, which ends a longer read", async () => {
    const { model, read } = await plugged({ packetSize: 4 });
    const report = Uint8Array.of(1, 2, 3, 4);
    model.report(report);
    expect([await read(4), await read(4)]).toEqual(["01020304", ""]);
    model.report(report);
    expect(await read(64)).toBe("01020304");
    model.report(Uint8Array.of(9));
    expect(await read(4)).toBe("09");
  });

  it("that are larger than a packet come in one read, and in several where the host has no room", async () => {
    const { model, read } = await plugged({ packetSize: 4 });
    model.report(Uint8Array.of(1, 2, 3, 4, 5, 6));
    expect(await read(8)).toBe("010203040506");
    model.report(Uint8Array.of(1, 2, 3, 4, 5, 6));
    expect([await read(4), await read(4)]).toEqual(["01020304", "0506"]);
  });

  it("go on in the next packet where the device sends no empty one, until the host gives up", async () => {
    const { model, read } = await plugged({ packetSize: 2, endsFullReports: false });
    const over = new AbortController();
    const reading = read(8, over.signal);
    model.report(Uint8Array.of(1, 2));
    await new Promise((resolve) => setImmediate(resolve));
    over.abort();
    expect(await reading).toBe("0102");
  });
});
