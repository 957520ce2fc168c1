/** `pnpm --filter @busbar/hostile gaps`: every case beside a sensor that is read every 50 ms, on a quiet machine. */

import { printable } from "@busbar/host";
import { corpus, endsSo, folderOf, Heartbeat, play } from "../index.ts";

/** The longest time without a reading that is allowed, in milliseconds. */
const longestGapMs = 150;

await using heartbeat = await Heartbeat.start();
let worst = 0;
for (const each of corpus) {
  using folder = await folderOf(each);
  await heartbeat.next();
  const startMs = performance.now();
  const sentence = await play(each, folder.path);
  const gapMs = heartbeat.takeLargestGap();
  worst = Math.max(worst, gapMs);
  const ended = endsSo(each, sentence);
  if (!ended || gapMs > longestGapMs) process.exitCode = 1;
  const marks = `${ended ? "  " : "? "}${gapMs > longestGapMs ? "!" : " "}`;
  const times = `${gapMs.toFixed(0).padStart(5)} ${(performance.now() - startMs).toFixed(0).padStart(6)}`;
  console.log(`${marks}${times}  ${each.name}: ${printable(sentence, 160)}`);
}
console.log(`${corpus.length} cases, ${heartbeat.count} readings, the largest gap ${worst.toFixed(0)} ms`);
