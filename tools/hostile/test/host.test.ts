/** The corpus through the host, in this process, beside a sensor that is read all the time. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boardOf, healthyEntry, openSimulated } from "../src/board.ts";
import { corpus } from "../src/corpus/index.ts";
import { everyMs, Heartbeat } from "../src/heartbeat.ts";
import { folderOf, play } from "../src/play.ts";

/** A machine that does much else gives a process its turn late; ten seconds without a turn are a hang. */
const hangMs = 10_000;
/** On a quiet machine 150: `pnpm --filter @busbar/hostile gaps`. */
const largestGapMs = 1_500;
/** What the process may grow by over all cases, in bytes; each may take 32 MiB, and several ask for gigabytes. */
const mostGrowth = 768 * 1024 * 1024;

let heartbeat: Heartbeat;
let worst = { gapMs: 0, name: "" };
const before = process.memoryUsage.rss();

beforeAll(async () => {
  heartbeat = await Heartbeat.start();
});

afterAll(async () => {
  console.log(`the largest gap was ${worst.gapMs.toFixed(0)} ms, at: ${worst.name}`);
  await heartbeat[Symbol.asyncDispose]();
});

test("every case has a name of its own", () => {
  expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
});

describe.for([...corpus])("$name", (each) => {
  test("ends in its sentence, and nobody else notices", { timeout: hangMs }, async () => {
    using folder = await folderOf(each);
    await heartbeat.next();
    const sentence = await play(each, folder.path);
    const gapMs = heartbeat.takeLargestGap();
    if (gapMs > worst.gapMs) worst = { gapMs, name: each.name };
    if (typeof each.ends === "string") expect(sentence).toBe(each.ends);
    else expect(sentence).toMatch(each.ends);
    // Not in the middle of a line, and not whole where it is megabytes.
    expect(sentence.length).toBeLessThan(4_000);
    expect(gapMs).toBeLessThan(largestGapMs);
  });
});

describe("a board that is opened with what can be opened of it", () => {
  const refused = corpus.filter(({ ends }) => /wasm (cannot be linked|imports|is )/.test(sourceOf(ends)));

  test.for(refused)("$name", { timeout: hangMs }, async (each) => {
    using folder = await folderOf(each);
    const file = boardOf(each, { devices: { healthy: healthyEntry } });
    await using board = await openSimulated(file, folder.path, { tolerant: true });
    const [refusal] = board.refused;
    expect(refusal?.name).toBe("hostile");
    expect(refusal?.error.message.replace(/^hostile: /, "")).toMatch(each.ends);
    await using healthy = await board.sensor("healthy");
    expect(Object.keys(await healthy.read())).toEqual(["temperature", "pressure", "humidity"]);
  });

  test("are some", () => expect(refused.length).toBeGreaterThan(10));
});

test("the healthy sensor was read all the time, and the process is not much larger", async () => {
  const count = heartbeat.count;
  await expect.poll(() => heartbeat.count, { timeout: hangMs, interval: everyMs }).toBeGreaterThan(count + 2);
  expect(process.memoryUsage.rss() - before).toBeLessThan(mostGrowth);
});

function sourceOf(ends: string | RegExp): string {
  return typeof ends === "string" ? ends : ends.source;
}
