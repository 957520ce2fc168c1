import fc from "fast-check";
import { expect, test } from "vitest";
import { isochronousPlan } from "../src/index.ts";

test.each([
  ["high", 1, 1024, { packets: 32, depth: 16, queueMs: 64 }],
  ["high", 1, 3072, { packets: 32, depth: 16, queueMs: 64 }],
  ["high", 4, 1024, { packets: 4, depth: 16, queueMs: 64 }],
  ["full", 1, 1023, { packets: 4, depth: 16, queueMs: 64 }],
  ["full", 4, 1023, { packets: 1, depth: 8, queueMs: 64 }],
  ["super", 1, 49_152, { packets: 5, depth: 32, queueMs: 20 }],
  ["high", 16, 1024, { packets: 1, depth: 4, queueMs: 16_384 }],
] as const)("at %s speed, bInterval %i, %i bytes", (speed, interval, payloadBytes, plan) => {
  expect(isochronousPlan(speed, { interval, payloadBytes })).toEqual(plan);
});

test("any endpoint stays within what hosts allow: 1 MiB a transfer, 64 transfers, 16 MiB in all", () => {
  const speeds = fc.constantFrom("unknown", "low", "full", "high", "super", "super-plus", "super-plus-X2");
  const property = fc.property(
    speeds,
    fc.nat(255),
    fc.integer({ min: 1, max: 0xffff }),
    (speed, interval, payloadBytes) => {
      const { packets, depth, queueMs } = isochronousPlan(speed as "full", { interval, payloadBytes });
      expect(packets).toBeGreaterThanOrEqual(1);
      expect(Number.isInteger(packets) && Number.isInteger(depth)).toBe(true);
      expect(packets * payloadBytes).toBeLessThanOrEqual(1024 * 1024);
      expect(depth).toBeLessThanOrEqual(64);
      expect(depth * packets * payloadBytes).toBeLessThan(16 * 1024 * 1024);
      expect(queueMs).toBeGreaterThan(0);
    },
  );
  fc.assert(property, { seed: 1, numRuns: 2000 });
});
