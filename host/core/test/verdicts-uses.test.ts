import { describe, expect, test } from "vitest";
import type { WrittenEntry } from "../src/board/schema.ts";
import { gpio } from "../src/bus/gpio/index.ts";
import type { GpioCall } from "../src/bus/gpio/judge.ts";
import { i2c } from "../src/bus/i2c/index.ts";
import { spi } from "../src/bus/spi/index.ts";
import { uart } from "../src/bus/uart/index.ts";
import type { UartCall } from "../src/bus/uart/judge.ts";
import { usb } from "../src/bus/usb/index.ts";
import { leastEntry } from "../src/grants/least.ts";
import { DeviceQuota } from "../src/grants/quota.ts";
import { type DeviceUse, mergeUse } from "../src/grants/use.ts";
import { parseUses } from "../src/grants/use-record.ts";
import { builtIn } from "../src/modules.ts";
import { FakeClock } from "./fakes.ts";
import {
  cases,
  deviceEntry,
  i2cOperation,
  spiOperation,
  usbCall,
  usbDevices,
  type WrittenUsbCall,
} from "./verdict-tables.ts";

/** A transaction at a time in milliseconds, what one is made of, a USB call, how many transfers exist, a pin that was handed out, or a call on a port. */
type UseEvent =
  | { at: number }
  | { operations: object[] }
  | { call: WrittenUsbCall }
  | { transfers: number }
  | { pin: GpioCall }
  | { port: UartCall };

describe("what a device needed", () => {
  const devices = usbDevices();

  test.each(
    cases<{ name: string; device: object; usb?: string; events: UseEvent[]; use: DeviceUse }>("uses.json"),
  )("$name", ({ device, usb: about, events, use }) => {
    const clock = new FakeClock();
    const entry = deviceEntry(device);
    const quota = new DeviceQuota(entry, clock, builtIn);
    const start = clock.now();
    for (const event of events) {
      if ("at" in event) {
        clock.advance(event.at - (clock.now() - start));
        quota.takeTransaction();
      } else if ("operations" in event) {
        quota.countsOf(i2c)?.operations(event.operations.map(i2cOperation));
        quota.countsOf(spi)?.operations(event.operations.map(spiOperation));
      } else if ("pin" in event) {
        quota.countsOf(gpio)!.pin(event.pin.line, event.pin.direction);
      } else if ("port" in event) {
        quota.countsOf(uart)!.call(event.port);
      } else if ("call" in event) {
        quota.countsOf(usb)!.call(devices[about!]!, usbCall(event.call));
      } else {
        const counts = quota.countsOf(usb)!;
        for (let count = 0; count < event.transfers; count += 1) counts.takeTransfer();
        counts.returnTransfers(event.transfers);
      }
    }
    expect(JSON.stringify(quota.use)).toBe(JSON.stringify(use));
  });
});

describe("what two runs needed together", () => {
  test.each(cases<{ name: string; one: DeviceUse; other: DeviceUse; both: DeviceUse }>("merges.json"))(
    "$name",
    ({ one, other, both }) => {
      expect(mergeUse(one, other)).toEqual(both);
      expect(mergeUse(other, one)).toEqual(both);
      expect(mergeUse(both, one)).toEqual(both);
    },
  );
});

describe("the least entry", () => {
  test.each(cases<{ name: string; entry: WrittenEntry; use: DeviceUse; least: WrittenEntry }>("least.json"))(
    "$name",
    ({ entry, use, least }) => {
      // As text: the order in which a board file has the keys stays.
      expect(JSON.stringify(leastEntry(entry, use))).toBe(JSON.stringify(least));
      expect(deviceEntry(least).enforce).toBeUndefined();
    },
  );
});

describe("records", () => {
  test.each(cases<{ name: string; record: unknown; valid: boolean }>("records.json"))(
    "$name",
    ({ record, valid }) => {
      const parse = () => parseUses(JSON.stringify(record), "uses.json");
      if (valid) {
        expect(Object.fromEntries(parse())).toEqual((record as { devices: object }).devices);
      } else {
        expect(parse).toThrow(
          'uses.json is no record of a run; make one with "busbar run --complain --record".',
        );
      }
    },
  );
});
