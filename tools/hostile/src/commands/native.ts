/**
 * `pnpm --filter @busbar/hostile native`: the drivers of sensors through the host on Wasmtime, or with --wamr on WAMR, each in a process
 * of its own beside a sensor that is read every 50 ms, on a quiet machine. A line has milliseconds to prepare it, to the healthy
 * sensor's first reading, the longest without one, and to end; "?" is another sentence, "!" a gap that is too long, "#" an end
 * that is.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { printable } from "@busbar/host";
import { endsSo, nativeCorpus, playNative, wamrHost, wasmtimeHost } from "../index.ts";

/** The longest time without a reading that is allowed, in milliseconds. */
const longestGapMs = 150;
/** The longest that a process may take to end by a signal. */
const longestEndMs = 1_000;

const { values, positionals } = parseArgs({
  options: { release: { type: "boolean", default: false }, wamr: { type: "boolean", default: false } },
  allowPositionals: true,
});
const host = (values.wamr ? wamrHost : wasmtimeHost)(values.release ? "release" : "debug");
if (host === undefined) {
  console.error(`the host is not built; run cargo build in host/${values.wamr ? "wamr" : "wasmtime"}.`);
  process.exit(6);
}
const cache = mkdtempSync(join(tmpdir(), "busbar-hostile-cache-"));
const wanted = positionals.join(" ");
let [count, worstGapMs, worstEndMs, worstPrepareMs] = [0, 0, 0, 0];
try {
  for (const each of nativeCorpus(host).filter(({ name }) => name.includes(wanted))) {
    const signal = count % 2 === 0 ? "SIGTERM" : "SIGINT";
    const { sentence, prepareMs, startMs, gapMs, endMs, ended, wrongLines } = await playNative(
      each,
      host,
      cache,
      signal,
    );
    count += 1;
    worstGapMs = Math.max(worstGapMs, gapMs);
    worstEndMs = Math.max(worstEndMs, endMs);
    worstPrepareMs = Math.max(worstPrepareMs, prepareMs);
    const isSaid = endsSo(each, sentence);
    const isEnded =
      [0, 4, 5, 7, signal].includes(ended ?? "") && endMs <= longestEndMs && wrongLines.length === 0;
    if (!isSaid || !isEnded || gapMs > longestGapMs) process.exitCode = 1;
    const marks = `${isSaid ? " " : "?"}${gapMs > longestGapMs ? "!" : " "}${isEnded ? " " : "#"}`;
    const times = [prepareMs, startMs, gapMs, endMs].map((ms) => ms.toFixed(0).padStart(6)).join("");
    console.log(`${marks}${times} ${String(ended).padEnd(7)} ${each.name}: ${printable(sentence, 200)}`);
    for (const line of wrongLines.slice(0, 3)) console.log(`      ${printable(line, 200)}`);
  }
} finally {
  rmSync(cache, { recursive: true });
}
const worst = [worstPrepareMs, worstGapMs, worstEndMs].map((ms) => `${ms.toFixed(0)} ms`);
console.log(
  `${count} cases; the longest to prepare ${worst[0]}, without a reading ${worst[1]}, to end ${worst[2]}`,
);
