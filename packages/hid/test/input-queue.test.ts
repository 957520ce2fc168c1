/** No report is lost and no read is late, whatever a device sends and whenever an app reads. Time is simulated. */

import { DriverError, PendingTransfer } from "@busbar/guest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputQueue } from "../src/input-queue.ts";

interface FakeTransfer {
  readonly endMs: number;
  result?: Uint8Array | "timeout" | "interrupted" | "pipe";
  submitTransfer(): void;
  cancelTransfer(): void;
  [Symbol.dispose](): void;
}

/** An endpoint with a device behind it: report n is the byte n, sent at a time. */
class FakeEndpoint {
  nowMs = 0;
  submitted = 0;
  readonly #reports: { readonly atMs: number; readonly bytes: Uint8Array | "pipe" }[];
  #waiting: FakeTransfer[] = [];

  constructor(times: readonly number[]) {
    this.#reports = times.map((atMs, index) => ({ atMs, bytes: Uint8Array.of(index) }));
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  stallAt(atMs: number): void {
    this.#reports.push({ atMs, bytes: "pipe" });
  }

  /** As the host does when it has another call to make. */
  endOldestEarly(): void {
    this.#end(this.#waiting[0]!, "timeout");
  }

  readonly submit = (timeoutMs: number): PendingTransfer => {
    this.#settle();
    this.submitted++;
    const transfer: FakeTransfer = {
      endMs: this.nowMs + timeoutMs,
      submitTransfer: () => {},
      cancelTransfer: () => {
        this.#settle();
        if (transfer.result === undefined) this.#end(transfer, "interrupted");
      },
      [Symbol.dispose]: () => this.#end(transfer, "interrupted"),
    };
    this.#waiting.push(transfer);
    return new PendingTransfer(
      transfer,
      (each) => this.#await(each as unknown as FakeTransfer),
      () => "reading a report",
    );
  };

  /** Lets time pass. */
  pass(ms: number): void {
    this.nowMs += ms;
    this.#settle();
  }

  #await(transfer: FakeTransfer): Uint8Array {
    this.#settle();
    while (transfer.result === undefined) {
      const next = Math.min(
        ...this.#waiting.map(({ endMs }) => endMs),
        this.#reports[0]?.atMs ?? Number.POSITIVE_INFINITY,
      );
      this.nowMs = Math.max(this.nowMs, next);
      this.#settle();
    }
    if (typeof transfer.result !== "string") return transfer.result;
    throw Object.assign(new Error(transfer.result), { payload: transfer.result });
  }

  /** All that has happened until now, in order. */
  #settle(): void {
    for (;;) {
      const report = this.#reports[0];
      const expired = this.#waiting.toSorted((a, b) => a.endMs - b.endMs)[0];
      const isReportFirst =
        report !== undefined && report.atMs <= (expired?.endMs ?? Number.POSITIVE_INFINITY);
      if (isReportFirst && report.atMs <= this.nowMs && this.#waiting.length > 0) {
        this.#reports.shift();
        this.#end(this.#waiting[0]!, report.bytes);
      } else if (expired !== undefined && expired.endMs <= this.nowMs) {
        this.#end(expired, "timeout");
      } else {
        return;
      }
    }
  }

  #end(transfer: FakeTransfer, result: NonNullable<FakeTransfer["result"]>): void {
    transfer.result ??= result;
    this.#waiting = this.#waiting.filter((each) => each !== transfer);
  }
}

function start(times: readonly number[]): { endpoint: FakeEndpoint; queue: InputQueue } {
  const endpoint = new FakeEndpoint(times);
  const queue = new InputQueue(endpoint.submit, { nowMs: () => endpoint.nowMs });
  queue.start();
  return { endpoint, queue };
}

describe("InputQueue", () => {
  it("waits for a report as long as it is told to", () => {
    const { endpoint, queue } = start([300]);
    expect(queue.read(299)).toBeUndefined();
    expect(endpoint.nowMs).toBe(299);
    expect(queue.read(1000)).toEqual(Uint8Array.of(0));
    expect(endpoint.nowMs).toBe(300);
    expect(queue.read(2500)).toBeUndefined();
    expect(endpoint.nowMs).toBe(2800);
  });

  it("does not wait at all where it is told so", () => {
    const { endpoint, queue } = start([10]);
    expect(queue.read(0)).toBeUndefined();
    expect(endpoint.nowMs).toBe(0);
    endpoint.pass(10);
    expect(queue.read(0)).toEqual(Uint8Array.of(0));
    expect(queue.read(0)).toBeUndefined();
  });

  it("keeps what comes between two reads", () => {
    const { endpoint, queue } = start([100, 200, 300, 400]);
    endpoint.pass(900);
    // Four of eight have brought something.
    expect(endpoint.waiting).toBe(4);
    expect([0, 0, 0, 0].map((timeoutMs) => queue.read(timeoutMs)?.[0])).toEqual([0, 1, 2, 3]);
  });

  it("submits one transfer a report while reports come and reads are long", () => {
    const times = Array.from({ length: 500 }, (_, index) => 10 + index * 8);
    const { endpoint, queue } = start(times);
    const before = endpoint.submitted;
    for (const _ of times) expect(queue.read(1000)).toBeDefined();
    expect(endpoint.submitted - before).toBe(times.length);
  });

  it("returns at once when the host ends the oldest transfer early, and loses nothing by it", () => {
    const { endpoint, queue } = start([300]);
    endpoint.endOldestEarly();
    expect(queue.read(1000)).toBeUndefined();
    expect(endpoint.nowMs).toBe(0);
    expect(endpoint.waiting).toBe(8);
    expect(queue.read(1000)).toEqual(Uint8Array.of(0));
  });

  it("submits one transfer a report while reports are there before a short read", () => {
    const times = Array.from({ length: 500 }, (_, index) => 10 + index * 8);
    const { endpoint, queue } = start(times);
    const before = endpoint.submitted;
    for (const _ of times) {
      endpoint.pass(10);
      expect(queue.read(100)).toBeDefined();
    }
    expect(endpoint.submitted - before).toBe(times.length);
    expect(endpoint.waiting).toBe(8);
  });

  it("is empty after an error, and listens again with the next read", () => {
    const { endpoint, queue } = start([]);
    endpoint.stallAt(50);
    expect(() => queue.read(1000)).toThrow(DriverError);
    expect(endpoint.waiting).toBe(0);
    expect(queue.read(10)).toBeUndefined();
    expect(endpoint.waiting).toBeGreaterThan(0);
  });

  it("leaves nothing waiting when it is disposed of", () => {
    const { endpoint, queue } = start([]);
    expect(endpoint.waiting).toBe(8);
    queue[Symbol.dispose]();
    expect(endpoint.waiting).toBe(0);
  });

  it("loses nothing, keeps the order and is never late", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 30 });
    const reads = fc.array(
      fc.record({
        timeoutMs: fc.oneof(
          fc.constant(0),
          fc.integer({ min: 1, max: 50 }),
          fc.integer({ min: 1, max: 4000 }),
        ),
        pauseMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1500 })),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(gaps, reads, (gaps, reads) => {
        let atMs = 0;
        const { endpoint, queue } = start(gaps.map((gap) => (atMs += gap)));
        const got: number[] = [];
        for (const { timeoutMs, pauseMs } of reads) {
          const startMs = endpoint.nowMs;
          const bytes = queue.read(timeoutMs);
          if (bytes !== undefined) got.push(bytes[0]!);
          expect(endpoint.nowMs - startMs).toBeLessThanOrEqual(timeoutMs);
          if (bytes === undefined) expect(endpoint.nowMs - startMs).toBe(timeoutMs);
          expect(endpoint.waiting).toBeLessThanOrEqual(8);
          endpoint.pass(pauseMs);
        }
        for (let bytes = queue.read(5000); bytes !== undefined; bytes = queue.read(5000)) got.push(bytes[0]!);
        expect(got).toEqual(gaps.map((_, index) => index));
      }),
      { seed: 21, numRuns: 1000 },
    );
  });
});
