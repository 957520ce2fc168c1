import { describe, expect, it } from "vitest";
import { MosChip7715, type ParallelPins } from "../src/usbip/index.ts";

/** Status bit 7 is the inverse of data bit 0. */
class Pins implements ParallelPins {
  readonly seen: [number, number][] = [];

  changed(data: number, control: number): number {
    this.seen.push([data, control]);
    return (data & 1) === 0 ? 0x80 : 0;
  }
}

function port() {
  const pins = new Pins();
  const device = new MosChip7715(pins, "1");
  const given = new AbortController();
  const request = (bRequest: number, wValue: number, wIndex: number) =>
    device.control(
      { bmRequestType: 0x40, bRequest, wValue, wIndex, wLength: 0 },
      new Uint8Array(),
      given.signal,
    );
  return {
    ...{ device, given, pins, request },
    data: (value: number) => request(0x0e, 0x100 | value, 0),
    control: (value: number) => request(0x0e, 0x100 | value, 2),
    status: (signal = new AbortController().signal) => device.transferIn(0x85, 4, signal),
  };
}

describe("MosChip7715", () => {
  it("drives its pins by two registers of the parallel port, and by no others", async () => {
    const { data, control, pins, request } = port();
    await data(0x81);
    await control(0x0c);
    await request(0x0e, 0x0081, 4);
    await request(0x0e, 0x0281, 0);
    expect(await request(0x0d, 0x0200, 5)).toEqual(Uint8Array.of(0));
    await expect(request(1, 0, 0)).rejects.toThrow("There is no request 1.");
    expect(pins.seen).toEqual([
      [0x81, 0],
      [0x81, 0x0c],
    ]);
  });

  it("tells a changed status before the write is answered", async () => {
    const { data, status } = port();
    await data(0);
    const order: string[] = [];
    const first = status().then((packet) => order.push(`status ${packet.join(" ")}`));
    await data(1).then(() => order.push("written"));
    await first;
    expect(order).toEqual(["status 1 0 0 0", "written"]);
    // The same again is not told.
    await data(3);
    const second = status().then((packet) => order.push(`status ${packet.join(" ")}`));
    await data(2);
    await second;
    expect(order.at(-1)).toBe("status 1 0 128 0");
  });

  it("waits for a host that is about to ask again, and for none that does not ask", async () => {
    const { data, status } = port();
    await data(0);
    const first = status();
    await data(1);
    await first;
    const written = data(0);
    expect(await status()).toEqual(Uint8Array.of(1, 0, 0x80, 0));
    await written;
    const asking = new AbortController();
    const given = status(asking.signal);
    asking.abort(new Error("given up"));
    await expect(given).rejects.toThrow("given up");
    await data(1);
  });

  it("forgets a write that the host gave up", async () => {
    const { data, given, status } = port();
    const first = status();
    await data(1);
    await first;
    const written = data(0);
    given.abort(new Error("too late"));
    await expect(written).rejects.toThrow("too late");
  });
});
