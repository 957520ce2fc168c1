/**
 * What the engines do: the rows of docs/engines.md. A new version of an engine that does otherwise fails here, and the row is
 * then written anew, with the rule of src/engine-rules that hangs on it.
 */

import { beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/componentize.ts";
import { hasEngine } from "../micro/engine.ts";
import { buildProbe, type Probe } from "./probe.ts";

/** The instance ended, and the guest could not catch it. */
const trap = "trap";

/** What a call gives; "trap", or the payload of an error of the component's own. */
async function outcome(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (thrown) {
    const { name, payload } = thrown as Error & { payload?: unknown };
    return name === "Trap" ? trap : { error: payload };
  }
}

type Row = readonly [
  what: string,
  call: (probe: Probe) => Promise<unknown>,
  quickjs: unknown,
  starlingmonkey: unknown,
  micro: unknown,
];

const ask = (question: string) => (probe: Probe) => probe.ask(question);
const bytes = Uint8Array.of(1, 2, 3);

const rows: Readonly<Record<string, readonly Row[]>> = {
  "dates and chance": [
    ["the time of day", ask("Date.now"), trap, expect.stringMatching(/^\d{13}$/), trap],
    ["new Date()", ask("new Date()"), trap, expect.stringMatching(/^\d{4}-/), trap],
    ["new Date(ms)", ask("a date"), "1970-01-02T00:00:00.000Z", "1970-01-02T00:00:00.000Z", trap],
    ["performance.now()", ask("performance.now"), trap, trap, trap],
    ["setTimeout", ask("setTimeout"), trap, trap, trap],
  ],
  globals: [
    [
      "those that there are",
      ask("globals"),
      "queueMicrotask",
      "console,TextDecoder,TextEncoder,structuredClone,setTimeout,queueMicrotask",
      "",
    ],
    ["WeakRef, in the same turn", ask("WeakRef"), "undefined", "object", trap],
  ],
  text: [
    ["normalize()", ask("normalize"), "\u00e9", trap, trap],
    ["localeCompare() of a and B", ask("localeCompare"), "1", "31", trap],
    ["\\p{L} in a regular expression", ask("property"), "true", "SyntaxError", trap],
    ["a lone surrogate", (probe) => probe.text("lone surrogate"), trap, "a\ufffdb", "a\ufffdb"],
    ["a null character", (probe) => probe.text("null character"), "a\0b", "a\0b", "a\0b"],
  ],
  integers: [
    [
      "u32 2^31 in",
      (probe) => probe.showU32(2 ** 31),
      "number -2147483648",
      "number 2147483648",
      "number 2147483648",
    ],
    ["u32 2^31 out", (probe) => probe.makeU32("2147483648"), 2 ** 31 - 1, 0, 2 ** 31],
    ["u64 5 in", (probe) => probe.showU64(5n), "number 5", "bigint 5", "number 5"],
    [
      "u64 2^53 + 1 in",
      (probe) => probe.showU64(2n ** 53n + 1n),
      "number 9007199254740992",
      "bigint 9007199254740993",
      "number 9007199254740992",
    ],
    [
      "u64 2^64 - 1 in",
      (probe) => probe.showU64(2n ** 64n - 1n),
      "number -1",
      "bigint 18446744073709551615",
      "number 18446744073709552000",
    ],
    ["u64 out, as a number", (probe) => probe.makeU64("2147483648"), 2n ** 31n, 2n ** 31n, 2n ** 31n],
    ["u64 out, as a bigint", (probe) => probe.makeU64("5n"), trap, 5n, trap],
    ["s64 -5 in", (probe) => probe.showS64(-5n), "number -5", "bigint 18446744073709551611", "number -5"],
    ["s64 -5 out, as a number", (probe) => probe.makeS64("-5"), -5n, trap, -5n],
    ["s64 -5 out, as a bigint", (probe) => probe.makeS64("-5n"), trap, trap, trap],
  ],
  "list<u8> out": [
    ["a Uint8Array", (probe) => probe.bytes("Uint8Array"), bytes, bytes, bytes],
    ["a part of one", (probe) => probe.bytes("part"), bytes, bytes, bytes],
    ["an array", (probe) => probe.bytes("array"), bytes, bytes, bytes],
    ["a DataView", (probe) => probe.bytes("DataView"), trap, bytes, trap],
    ["an ArrayBuffer", (probe) => probe.bytes("ArrayBuffer"), trap, bytes, trap],
    ["a Uint16Array", (probe) => probe.bytes("Uint16Array"), trap, Uint8Array.of(1, 2, 3, 0), trap],
  ],
  "result<_, string>": [
    [
      "throw of the error value",
      (probe) => probe.fail("text"),
      { error: "no" },
      { error: "no" },
      { error: "no" },
    ],
    [
      "an Error with a payload of its own",
      (probe) => probe.fail("own payload"),
      { error: "no" },
      { error: "no" },
      { error: "no" },
    ],
    [
      "an Error with an inherited payload",
      (probe) => probe.fail("inherited payload"),
      { error: "other" },
      trap,
      { error: "other" },
    ],
    ["a plain Error", (probe) => probe.fail("Error"), { error: "no" }, trap, { error: "no" }],
    [
      "an async function that throws",
      (probe) => probe.fail("async throw"),
      undefined,
      { error: "no" },
      { error: expect.stringContaining("__awaiter") },
    ],
    [
      "an async function that throws an Error",
      (probe) => probe.fail("async Error"),
      undefined,
      trap,
      { error: expect.stringContaining("__awaiter") },
    ],
  ],
  promises: [
    [
      "whether what stands behind one has run by the next call",
      async (probe) => {
        await probe.ask("microtasks");
        return await probe.ask("microtasks");
      },
      "0",
      "1",
      trap,
    ],
  ],
  recursion: [
    ["2,000 deep", (probe) => probe.recurse(2000), 2000, 2000, 2000],
    ["5,000 deep", (probe) => probe.recurse(5000), trap, 5000, trap],
    ["80,000 deep", (probe) => probe.recurse(80_000), trap, trap, trap],
  ],
};

const engines: readonly Engine[] = ["quickjs", "starlingmonkey", ...(hasEngine ? (["micro"] as const) : [])];

describe.each(engines)("%s", (engine) => {
  let start: () => Promise<Probe>;
  beforeAll(async () => {
    start = await buildProbe(engine);
  }, 240_000);

  for (const [about, all] of Object.entries(rows)) {
    test.each(all)(`${about}: %s`, async (_, call, ...outcomes) => {
      const probe = await start();
      expect(await outcome(() => call(probe))).toEqual(outcomes[engines.indexOf(engine)]);
    });
  }

  test("Math.random is the same in every instance", async () => {
    const [one, other] = [await start(), await start()];
    expect(await one.ask("Math.random")).toBe(await other.ask("Math.random"));
  });
});
