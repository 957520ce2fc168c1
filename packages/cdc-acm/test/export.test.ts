/** The WIT export, on a port without a host. */

import { serialPortOn, usbOn } from "@busbar/guest";
import { describe, expect, test } from "vitest";
import { CdcAcm, cdcAcmOptions } from "../src/index.ts";
import { FakePort } from "./fake-port.ts";

describe("the WIT export", () => {
  const exportOn = (port: FakePort, settings: [string, string][] = []) =>
    serialPortOn(
      { getSettings: () => settings },
      {
        bus: usbOn({ usb: port.host, time: port.time, warn: () => {} }),
        options: cdcAcmOptions,
        driver: CdcAcm,
      },
    );

  test("reads settings and converts numbers and errors", () => {
    const port = new FakePort();
    const device = exportOn(port, [
      ["baud-rate", "300"],
      ["stop-bits", "1.5"],
    ]).open("console");
    expect(port.requests[0]).toBe("21 20 0 0: 2c010000010008");
    // As a QuickJS guest gets 4294967295.
    device.setLineSettings({ baudRate: -1, dataBits: 8, parity: "none", stopBits: "one" });
    expect(port.requests.at(-1)).toBe("21 20 0 0: ffffffff000008");
    expect(() => device.sendBreak(65_535)).toThrow(expect.objectContaining({ tag: "invalid-argument" }));
    device.close();
    device.close();
    expect(() => device.read(1, 0)).toThrow(expect.objectContaining({ tag: "disconnected" }));
    expect([port.opened, port.pending]).toEqual([0, 0]);
  });

  test("a failing close is told, a dropped device has nobody to tell", () => {
    for (const isDropped of [false, true]) {
      const port = new FakePort();
      const device = exportOn(port).open("console");
      port.outError = "io";
      device.write(Uint8Array.of(1));
      if (isDropped) device[Symbol.dispose]();
      else expect(() => device.close()).toThrow(expect.objectContaining({ tag: "bus" }));
      expect([port.opened, port.pending]).toEqual([0, 0]);
    }
  });

  test("gives everything back where opening fails", () => {
    const port = new FakePort({ fails: { 34: "no-device" } });
    expect(() => exportOn(port).open("console")).toThrow(expect.objectContaining({ tag: "disconnected" }));
    expect([port.opened, port.pending, port.claimed.size]).toEqual([0, 0, 0]);
  });
});
