import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GpioPlayback, type PlayedInput } from "../src/gpio-playback.ts";
import { DataReady, DriverError, type InputLine, type LineEdge } from "../src/index.ts";

const rising = (timeMs: number): LineEdge => ({ active: true, timeMs });
const falling = (timeMs: number): LineEdge => ({ active: false, timeMs });

/** Opens one on a line that does this. The first wait is always without time: it takes what is old. */
function open(input: PlayedInput) {
  const playback = new GpioPlayback({ ready: input });
  const ready = new DataReady(playback.lines.input("ready"), playback.time);
  playback.calls.length = 0;
  return { ready, playback };
}

describe("DataReady", () => {
  test("waits for the edge, and reads no line while the edges tell all", () => {
    const { ready, playback } = open({
      waits: [[], [rising(40)], [falling(40.5)], [rising(120)], [falling(120.5), rising(200)]],
    });
    for (let count = 0; count < 3; count += 1) expect(ready.wait(1000)).toBe(true);
    expect(playback.calls).toEqual([
      ...["wait ready 0", "wait ready 1000"],
      ...["wait ready 0", "wait ready 1000"],
      // Its reader was late: the next one is there.
      "wait ready 0",
    ]);
  });

  test("a line that was active from the start is one that nobody has read", () => {
    const { ready, playback } = open({ reads: [true] });
    expect(ready.wait(1000)).toBe(true);
    expect(playback.calls).toEqual(["wait ready 0"]);
  });

  test("where the edge that ends what was read is not told yet, the line is read", () => {
    const { ready, playback } = open({
      reads: [false, false],
      waits: [[], [rising(40)], [], [falling(40)], [rising(120)]],
    });
    expect(ready.wait(1000)).toBe(true);
    expect(ready.wait(1000)).toBe(true);
    expect(playback.calls).toEqual([
      ...["wait ready 0", "wait ready 1000"],
      ...["wait ready 0", "read ready", "wait ready 1000", "wait ready 1000"],
    ]);
  });

  test("an edge from before the line was read is no new one", () => {
    const { ready } = open({ reads: [true, false], waits: [[], [], [rising(-1)]] });
    expect(ready.wait(100)).toBe(true);
    expect(ready.wait(100)).toBe(false);
  });

  test("an edge before the reading that is told after it is no new one", () => {
    const { ready } = open({ reads: [false, false], waits: [[], [rising(40)], [rising(40.2)]] });
    expect(ready.wait(100)).toBe(true);
    expect(ready.wait(100)).toBe(false);
  });

  test("a part that got something new while it was read keeps its line active: no edge comes, and none is waited for", () => {
    const { ready, playback } = open({ reads: [false, true], waits: [[], [rising(40)]] });
    expect(ready.wait(1000)).toBe(true);
    expect(ready.wait(1000)).toBe(true);
    expect(playback.calls.slice(2)).toEqual(["wait ready 0", "read ready"]);
  });

  test("two edges that became one are seen by the level", () => {
    const { ready } = open({ reads: [false, true], waits: [[], [rising(40)], [rising(41)]] });
    expect(ready.wait(1000)).toBe(true);
    expect(ready.wait(1000)).toBe(true);
  });

  test("when the time is over the level counts, because an edge can be missing", () => {
    const { ready } = open({ reads: [false, true] });
    expect(ready.wait(50)).toBe(true);
    const silent = open({ reads: [false, false] });
    expect(silent.ready.wait(50)).toBe(false);
    expect(silent.playback.calls).toEqual(["wait ready 0", "wait ready 50", "read ready"]);
  });

  test("a fault of the line is the caller's, and it goes on", () => {
    const { ready, playback } = open({ waits: [[], [rising(40)]] });
    playback.failAt(0);
    expect(() => ready.wait(50)).toThrow(DriverError);
    expect(ready.wait(50)).toBe(true);
  });
});

/**
 * A part that has something new at each of `newMs`, on a line whose edges are told `lateMs` after they happen, and whose two edges are one
 * where they are nearer to each other than `mergedMs`: as a kernel does.
 */
class LatePart {
  nowMs = 0;
  readonly #newMs: number[];
  readonly #lateMs: number;
  readonly #mergedMs: number;
  #edges: LineEdge[] = [];
  isActive = false;
  /** How many were read, and how many there were that nobody read in time. */
  taken = 0;

  constructor(newMs: readonly number[], lateMs: number, mergedMs: number) {
    this.#newMs = [...newMs];
    this.#lateMs = lateMs;
    this.#mergedMs = mergedMs;
  }

  get left(): number {
    return this.#newMs.length;
  }

  /** Lets the time pass. */
  until(ms: number): void {
    while (this.#newMs.length > 0 && this.#newMs[0]! <= ms) this.#become(true, this.#newMs.shift()!);
    this.nowMs = Math.max(this.nowMs, ms);
  }

  /** Reads what is new. */
  take(): void {
    expect(this.isActive).toBe(true);
    this.taken += 1;
    this.#become(false, this.nowMs);
  }

  #become(active: boolean, timeMs: number): void {
    if (active === this.isActive) return;
    this.isActive = active;
    const last = this.#edges.at(-1);
    if (last !== undefined && timeMs - last.timeMs < this.#mergedMs) this.#edges.pop();
    this.#edges.push({ active, timeMs });
  }

  readonly line: InputLine = {
    name: "ready",
    activeLevel: "high",
    read: () => this.isActive,
    watch: () => ({
      wait: (timeoutMs) => {
        const endMs = this.nowMs + timeoutMs;
        for (;;) {
          const told = this.#edges.filter(({ timeMs }) => timeMs + this.#lateMs <= this.nowMs);
          this.#edges = this.#edges.slice(told.length);
          if (told.length > 0 || this.nowMs >= endMs) return told;
          const times = [
            endMs,
            ...this.#newMs.slice(0, 1),
            ...this.#edges.map(({ timeMs }) => timeMs + this.#lateMs),
          ];
          this.until(Math.min(...times.filter((each) => each > this.nowMs)));
        }
      },
      lost: () => 0,
      [Symbol.dispose]: () => {},
    }),
  };
}

test("whatever a kernel does with edges, it tells of nothing that is not there, and misses nothing for longer than its timeout", () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 30 });
  const pauses = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 60, maxLength: 60 });
  const late = fc.integer({ min: 0, max: 5 });
  fc.assert(
    fc.property(gaps, pauses, late, late, (gaps, pauses, lateMs, mergedMs) => {
      let atMs = 0;
      const part = new LatePart(
        gaps.map((gap) => (atMs += gap)),
        lateMs,
        mergedMs,
      );
      const ready = new DataReady(part.line, {
        nowMs: () => part.nowMs,
        waitMs: (ms) => part.until(part.nowMs + ms),
      });
      for (const pause of pauses) {
        part.until(part.nowMs + pause);
        const wasLeft = part.left > 0 || part.isActive;
        const is = ready.wait(40);
        // `take` checks that something is there.
        if (is) part.take();
        expect(is).toBe(wasLeft);
      }
    }),
    { seed: 20261130, numRuns: 2000 },
  );
});
