import { describe, expect, test } from "vitest";
import { DeviceQuota } from "../src/grants/quota.ts";
import { FakeClock } from "./fakes.ts";
import { cases, deviceEntry, usbDevices } from "./verdict-tables.ts";

interface Take {
  take: number;
  is: string;
}

interface RateCase {
  name: string;
  device: object;
  /** `at` is in milliseconds. */
  transactions: (Take & { at: number })[];
  /** Of an entry that is not enforced: the most in any second. */
  noted?: number;
}

interface TransfersCase {
  name: string;
  device: object;
  transfers: (Take | { return: number })[];
  /** Of an entry that is not enforced: the most at a time. */
  noted?: number;
}

const anyDevice = usbDevices().keyboard!;

/** The different answers to so many questions. */
function answers(count: number, ask: () => string): string[] {
  return [...new Set(Array.from({ length: count }, ask))];
}

describe("transactions in a second", () => {
  test.each(cases<RateCase>("rate.json"))("$name", ({ device, transactions, noted }) => {
    const clock = new FakeClock();
    const quota = new DeviceQuota(deviceEntry(device), clock);
    const start = clock.now();
    for (const { at, take, is } of transactions) {
      clock.advance(at - (clock.now() - start));
      expect([at, ...answers(take, () => quota.takeTransaction())]).toEqual([at, is]);
    }
    expect(quota.use?.use.transactionsPerSecond).toBe(noted);
  });
});

describe("USB transfers at a time", () => {
  test.each(cases<TransfersCase>("transfers.json"))("$name", ({ device, transfers, noted }) => {
    const entry = deviceEntry(device);
    const quota = new DeviceQuota(entry, new FakeClock());
    for (const [index, step] of transfers.entries()) {
      if ("return" in step) quota.returnTransfers(step.return);
      else expect([index, ...answers(step.take, () => quota.takeTransfer())]).toEqual([index, step.is]);
    }
    // Transfers are noted with what else was done with the device.
    quota.use?.usb(entry.usb!, anyDevice, { kind: "open" });
    expect(quota.use?.use.usb?.maximumTransfers).toBe(noted);
  });
});
