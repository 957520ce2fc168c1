import { describe, expect, test } from "vitest";
import { DeviceQuota } from "../src/grants/quota.ts";
import { FakeClock } from "./fakes.ts";
import { cases, deviceEntry } from "./verdict-tables.ts";

interface Take {
  take: number;
  is: string;
}

interface RateCase {
  name: string;
  device: object;
  /** `at` is in milliseconds. */
  transactions: (Take & { at: number })[];
}

interface TransfersCase {
  name: string;
  device: object;
  transfers: (Take | { return: number })[];
}

/** The different answers to so many questions. */
function answers(count: number, ask: () => string): string[] {
  return [...new Set(Array.from({ length: count }, ask))];
}

describe("transactions in a second", () => {
  test.each(cases<RateCase>("rate.json"))("$name", ({ device, transactions }) => {
    const clock = new FakeClock();
    const quota = new DeviceQuota(deviceEntry(device), clock);
    const start = clock.now();
    for (const { at, take, is } of transactions) {
      clock.advance(at - (clock.now() - start));
      expect([at, ...answers(take, () => quota.takeTransaction())]).toEqual([at, is]);
    }
  });
});

describe("USB transfers at a time", () => {
  test.each(cases<TransfersCase>("transfers.json"))("$name", ({ device, transfers }) => {
    const quota = new DeviceQuota(deviceEntry(device), new FakeClock());
    for (const [index, step] of transfers.entries()) {
      if ("return" in step) quota.returnTransfers(step.return);
      else expect([index, ...answers(step.take, () => quota.takeTransfer())]).toEqual([index, step.is]);
    }
  });
});
