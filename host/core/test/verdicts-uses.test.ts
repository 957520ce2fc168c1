import { describe, expect, test } from "vitest";
import { leastEntry, type WrittenEntry } from "../src/grants/least.ts";
import { type DeviceUse, mergeUse, UseRecorder } from "../src/grants/use.ts";
import { parseUses } from "../src/grants/use-record.ts";
import { FakeClock } from "./fakes.ts";
import {
  cases,
  deviceEntry,
  i2cOperation,
  usbCall,
  usbDevices,
  type WrittenUsbCall,
} from "./verdict-tables.ts";

/** A transaction at a time in milliseconds, what one is made of, a USB call, or how many transfers exist. */
type UseEvent = { at: number } | { operations: object[] } | { call: WrittenUsbCall } | { transfers: number };

describe("what a device needed", () => {
  const devices = usbDevices();

  test.each(
    cases<{ name: string; device: object; usb?: string; events: UseEvent[]; use: DeviceUse }>("uses.json"),
  )("$name", ({ device, usb, events, use }) => {
    const clock = new FakeClock();
    const recorder = new UseRecorder(clock);
    const start = clock.now();
    for (const event of events) {
      if ("at" in event) {
        clock.advance(event.at - (clock.now() - start));
        recorder.transaction();
      } else if ("operations" in event) {
        recorder.operations(event.operations.map(i2cOperation));
      } else if ("call" in event) {
        recorder.usb(deviceEntry(device).usb!, devices[usb!]!, usbCall(event.call));
      } else {
        recorder.transfers(event.transfers);
      }
    }
    expect(JSON.stringify(recorder.use)).toBe(JSON.stringify(use));
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
