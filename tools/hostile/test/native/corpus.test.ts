/** Some of the corpus on the native host, each in a process of its own; `pnpm --filter @busbar/hostile native` is all of it. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { nativeCommands } from "../../src/native/commands.ts";
import { nativeCorpus } from "../../src/native/corpus.ts";
import { differences } from "../../src/native/differences.ts";
import { playNative } from "../../src/native/play.ts";

const commands = nativeCommands("debug")!;
const cache = mkdtempSync(join(tmpdir(), "busbar-hostile-cache-"));
/** On a quiet machine 150 and 1,000. */
const [hangMs, largestGapMs, endsWithinMs] = [60_000, 1_500, 3_000];

afterAll(() => rmSync(cache, { recursive: true }));

test("each difference is of a case that there is, and says why", () => {
  const names = nativeCorpus.map(({ name }) => name);
  for (const [name, { because }] of differences) {
    expect(names).toContain(name);
    expect(because).toMatch(/^[A-Z].*\.$/);
  }
});

describe.for(nativeCorpus.filter(({ byCommand }) => byCommand))("$name", (each) => {
  test("ends in its sentence, beside a sensor that is read on, and ends by a signal", {
    timeout: hangMs,
  }, async () => {
    const signal = nativeCorpus.indexOf(each) % 2 === 0 ? "SIGTERM" : "SIGINT";
    const { sentence, gapMs, endMs, ended, wrongLines } = await playNative(each, commands, cache, signal);
    if (typeof each.ends === "string") expect(sentence).toBe(each.ends);
    else expect(sentence).toMatch(each.ends);
    expect(wrongLines).toEqual([]);
    expect(gapMs).toBeLessThan(largestGapMs);
    expect([0, 4, 5, 7, signal]).toContain(ended);
    expect(endMs).toBeLessThan(endsWithinMs);
  });
});
