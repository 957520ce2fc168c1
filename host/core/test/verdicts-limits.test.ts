import { describe, expect, test } from "vitest";
import { usb } from "../src/bus/usb/index.ts";
import { DeviceQuota } from "../src/grants/quota.ts";
import { builtIn } from "../src/modules.ts";
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
    const quota = new DeviceQuota(deviceEntry(device), clock, builtIn);
    const start = clock.now();
    for (const { at, take, is } of transactions) {
      clock.advance(at - (clock.now() - start));
      expect([at, ...answers(take, () => quota.takeTransaction())]).toEqual([at, is]);
    }
    expect(quota.use?.transactionsPerSecond).toBe(noted);
  });
});

describe("USB transfers at a time", () => {
  test.each(cases<TransfersCase>("transfers.json"))("$name", ({ device, transfers, noted }) => {
    const entry = deviceEntry(device);
    const quota = new DeviceQuota(entry, new FakeClock(), builtIn);
    const counts = quota.countsOf(usb);
    // Where the entry has no USB part, there is nothing from which one could be taken.
    const take = () => counts?.takeTransfer() ?? "refused";
    for (const [index, step] of transfers.entries()) {
      if ("return" in step) counts!.returnTransfers(step.return);
      else expect([index, ...answers(step.take, take)]).toEqual([index, step.is]);
    }
    // Transfers are noted with what else was done with the device.
    counts?.call(anyDevice, { kind: "open" });
    expect(quota.use?.usb?.maximumTransfers).toBe(noted);
  });
});
