import { describe, expect, test } from "vitest";
import {
  type BlockDeviceDriver,
  blockDeviceOn,
  DriverError,
  integer,
  type Time,
  type UsbDevice,
  usbOn,
} from "../src/index.ts";
import { UsbPlayback } from "../src/usb-playback.ts";

const time: Time = { nowMs: () => 0, waitMs: () => {} };
const info = {
  vendor: "Acme",
  product: "Stick",
  revision: "1.0",
  blockSize: 512,
  blockCount: 2 ** 40,
  readOnly: false,
  removable: true,
  maximumTransferBlocks: 16,
};

/** The export of a driver that writes down what it is asked for, and what is open. */
function setUp({ failOpening = false, failClosing = false } = {}) {
  const log: unknown[][] = [];
  class Fake implements BlockDeviceDriver {
    constructor(device: UsbDevice, given: Time, options: { readonly lun: number }) {
      log.push(["open", device.location.busNumber, given === time, options]);
      if (failOpening) throw DriverError.wrongDevice("It is none.");
    }
    info() {
      return info;
    }
    read(firstBlock: number, count: number): Uint8Array {
      log.push(["read", firstBlock, count]);
      return new Uint8Array(1);
    }
    write(firstBlock: number, data: Uint8Array): void {
      log.push(["write", firstBlock, data.length]);
    }
    flush(): void {
      throw DriverError.protocol("It does not.");
    }
    close(): void {
      log.push(["close"]);
      if (failClosing) throw DriverError.protocol("The last blocks are lost.");
    }
  }
  const playback = new UsbPlayback({ interfaces: [] }, []);
  const options = { lun: integer({ minimum: 0, maximum: 15 }, 0) };
  const board = {
    usb: playback.host,
    time,
    getSettings: (): [string, string][] => [["lun", "3"]],
    warn: () => {},
  };
  return { exported: blockDeviceOn(board, { bus: usbOn(board), options, driver: Fake }), log, playback };
}

/** What an exported function throws: the WIT error, and no Error. */
function thrown(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("the export of a disk", () => {
  test("opens the device, with the settings", () => {
    const { exported, log, playback } = setUp();
    const device = exported.open("stick");
    expect(device).toBeInstanceOf(exported.Device);
    expect(log).toEqual([["open", 1, true, { lun: 3 }]]);
    expect(playback.opened).toBe(1);
    expect(device.info()).toEqual(info);
  });

  test("u64 and u32 arrive as either engine gives them", () => {
    const { exported, log } = setUp();
    const device = exported.open("stick");
    device.read(2n ** 40n, 2);
    device.read(2 ** 40, 1);
    device.write(7n, new Uint8Array(512));
    expect(log.slice(1)).toEqual([
      ["read", 2 ** 40, 2],
      ["read", 2 ** 40, 1],
      ["write", 7, 512],
    ]);
    device.read(0, -1);
    expect(log.at(-1)).toEqual(["read", 0, 0xffff_ffff]);
    expect(thrown(() => device.read(2n ** 60n, 1))).toMatchObject({ tag: "invalid-argument" });
  });

  test("gives the device back when the driver does not open", () => {
    const { exported, playback } = setUp({ failOpening: true });
    expect(thrown(() => exported.open("stick"))).toEqual({ tag: "wrong-device", val: "It is none." });
    expect(playback.opened).toBe(0);
  });

  test("closes once, and everything is disconnected then", () => {
    const { exported, log, playback } = setUp();
    const device = exported.open("stick");
    device.close();
    device.close();
    expect(log.slice(1)).toEqual([["close"]]);
    expect(playback.opened).toBe(0);
    expect(thrown(() => device.read(0, 1))).toMatchObject({ tag: "disconnected" });
  });

  test("a close that fails says so, and gives the device back", () => {
    const { exported, playback } = setUp({ failClosing: true });
    const device = exported.open("stick");
    expect(thrown(() => device.close())).toEqual({ tag: "protocol", val: "The last blocks are lost." });
    expect(playback.opened).toBe(0);
  });

  test("errors are the WIT value", () => {
    const device = setUp().exported.open("stick");
    expect(thrown(() => device.flush())).toEqual({ tag: "protocol", val: "It does not." });
  });
});
