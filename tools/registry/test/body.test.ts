import { describe, expect, test } from "vitest";
import { isTooSlow, readBody, TooLongError, TooSlowError } from "../src/body.ts";

const options = { maximum: 1_000_000, graceMs: 1000, onReceived: () => undefined };

async function* partsOf(lengths: Iterable<number>, closed = { value: false }): AsyncGenerator<Uint8Array> {
  try {
    for (const length of lengths) yield new Uint8Array(length).fill(7);
  } finally {
    closed.value = true;
  }
}

test("parts are put together, whatever their lengths", async () => {
  const lengths = [1, 0, 100_000, 65_536, 3];
  const received: number[] = [];
  const bytes = await readBody(partsOf(lengths), { ...options, onReceived: (count) => received.push(count) });
  expect(bytes).toEqual(new Uint8Array(165_540).fill(7));
  expect(bytes.buffer.byteLength).toBe(165_540);
  expect(received).toEqual([1, 1, 100_001, 165_537, 165_540]);
  expect(await readBody(partsOf([]), options)).toEqual(new Uint8Array(0));
  expect(await readBody(partsOf([5]), { ...options, maximum: 5 })).toHaveLength(5);
});

test("a byte in each part costs a byte, and keeps nothing of what it came in", async () => {
  const shared = new Uint8Array(1);
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < 70_000; index += 1) {
      shared[0] = index & 0xff;
      yield shared;
    }
  }
  expect(await readBody(bytes(), options)).toEqual(
    Uint8Array.from({ length: 70_000 }, (_, index) => index & 0xff),
  );
});

describe("too long", () => {
  test("is refused unread where it says so", async () => {
    const closed = { value: false };
    const endless = partsOf(infinite(), closed);
    await expect(readBody(endless, { ...options, announced: 1_000_001 })).rejects.toThrow(TooLongError);
    expect((await endless.next()).value).toHaveLength(65_536);
  });

  test.each([undefined, 3])("is not read to its end where it says %s", async (announced) => {
    const closed = { value: false };
    const reading = readBody(partsOf(infinite(), closed), {
      ...options,
      ...(announced !== undefined && { announced }),
    });
    await expect(reading).rejects.toThrow(TooLongError);
    expect(closed.value).toBe(true);
  });
});

describe("too slow", () => {
  test.each([
    [1000, 0, false],
    [1001, 0, true],
    [2000, 1024, false],
    [2001, 1024, true],
    [100_000, 102_400, false],
    [86_400_000, 3600, true],
  ])("after %i ms with %i bytes: %s", (elapsedMs, bytes, expected) => {
    expect(isTooSlow(elapsedMs, bytes, 1000)).toBe(expected);
  });

  test("a byte a second has an end, long before its last byte", async () => {
    let now = 0;
    let sent = 0;
    async function* drip(): AsyncGenerator<Uint8Array> {
      for (;;) {
        now += 1000;
        sent += 1;
        yield Uint8Array.of(1);
      }
    }
    await expect(readBody(drip(), { ...options, graceMs: 60_000, now: () => now })).rejects.toThrow(
      TooSlowError,
    );
    expect(sent).toBe(61);
  });
});

function* infinite(): Generator<number> {
  for (;;) yield 65_536;
}
