/** Some of the corpus on the native hosts, each in a process of its own; `pnpm --filter @busbar/hostile native` is all of it. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { nativeCorpus } from "../../src/native/corpus.ts";
import { playNative } from "../../src/native/play.ts";
import { wamrHost } from "../../src/native/wamr.ts";
import { wasmtimeHost } from "../../src/native/wasmtime.ts";

const cache = mkdtempSync(join(tmpdir(), "busbar-hostile-cache-"));
/** On a quiet machine 150 and 1,000. */
const [hangMs, largestGapMs, endsWithinMs] = [60_000, 1_500, 3_000];

afterAll(() => rmSync(cache, { recursive: true }));

// The check of each Rust workspace runs this against its own command.
const onWamr = process.env.BUSBAR_COMMAND?.endsWith("busbar-wamr");
const host = (onWamr ? wamrHost : wasmtimeHost)("debug")!;
const cases = nativeCorpus(host);

test("each difference is of a case that there is, and says why", () => {
  const names = cases.map(({ name }) => name);
  for (const [name, { because }] of host.differences) {
    expect(names).toContain(name);
    expect(because).toMatch(/^[A-Z].*\.$/);
  }
});

describe.for(cases.filter(({ byCommand }) => byCommand))("$name", (each) => {
  test("ends in its sentence, beside a sensor that is read on, and ends by a signal", {
    timeout: hangMs,
  }, async () => {
    const signal = cases.indexOf(each) % 2 === 0 ? "SIGTERM" : "SIGINT";
    const { sentence, gapMs, endMs, ended, wrongLines } = await playNative(each, host, cache, signal);
    if (typeof each.ends === "string") expect(sentence).toBe(each.ends);
    else expect(sentence).toMatch(each.ends);
    expect(wrongLines).toEqual([]);
    expect(gapMs).toBeLessThan(largestGapMs);
    expect([0, 4, 5, 7, signal]).toContain(ended);
    expect(endMs).toBeLessThan(endsWithinMs);
  });
});
