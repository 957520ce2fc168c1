import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { goesOn, type HostileCase } from "../case.ts";
import { everyMs } from "../heartbeat.ts";
import { folderOf } from "../play.ts";
import { healthyDriver, healthyName, nativeBoardOf } from "./board.ts";
import type { NativeHost } from "./host.ts";

/** So many readings of the healthy sensor, and then the process is ended. */
const enoughReadings = 15;
/** So many readings of the hostile sensor show that it works. */
const enoughOwn = 10;
/** A process that tells nothing of its hostile device until then has nothing to tell. */
const patienceMs = 3_000;
/** What a process may take to end, before it is killed. */
const endsWithinMs = 5_000;

/** What came of one case on the native host. */
export interface NativePlay {
  /**
   * The first thing that was told of the hostile device, without its name, or why nothing to run could be made of it; "goes on" where
   * that was nothing.
   */
  readonly sentence: string;
  /** How long it took to compile or to flatten, in milliseconds. */
  readonly prepareMs: number;
  /** How long it took to the healthy sensor's first reading; with the time to compile, where that has to be tried again. */
  readonly startMs: number;
  /** The longest time between two readings of the healthy sensor. */
  readonly gapMs: number;
  /** How long it took to end by a signal. */
  readonly endMs: number;
  /** How it ended. */
  readonly ended: number | NodeJS.Signals | null;
  /** Lines that are no JSON, or have what a terminal obeys. */
  readonly wrongLines: readonly string[];
}

/**
 * Runs a case through the `run` of a native host, beside a sensor that is read every 50 ms, and ends it by a signal.
 *
 * @param cache where compiled or flattened code is kept
 */
export async function playNative(
  each: HostileCase,
  host: NativeHost,
  cache: string,
  signal: NodeJS.Signals,
): Promise<NativePlay> {
  using folder = await folderOf(each);
  writeFileSync(join(folder.path, "board.json"), JSON.stringify(nativeBoardOf(each)));
  copyFileSync(healthyDriver, join(folder.path, `${healthyName}.wasm`));
  const prepared = await host.prepare(folder.path, cache);

  const child = spawn(host.command, ["run", "board.json", "--json", "--every", String(everyMs)], {
    cwd: folder.path,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: "/usr/bin:/bin", XDG_CACHE_HOME: cache },
  });
  const wrongLines: string[] = [];
  const told: string[] = [];
  const beginMs = performance.now();
  let [readings, own, startMs, lastMs, gapMs] = [0, 0, 0, 0, 0];
  let enough = () => {};
  const isEnough = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const check = () => {
    if (readings >= enoughReadings && (told.length > 0 || own >= enoughOwn)) enough();
  };
  const parse = (line: string): Record<string, unknown> => {
    // Nothing that a terminal obeys, nothing whole that is megabytes.
    if (/[\p{Cc}\p{Cf}]/u.test(line) || line.length > 200_000) wrongLines.push(line.slice(0, 200));
    try {
      return JSON.parse(line) as Record<string, unknown>;
    } catch {
      wrongLines.push(line.slice(0, 200));
      return {};
    }
  };
  const patience = setTimeout(() => {
    if (readings > 0) enough();
    else patience.refresh();
  }, patienceMs);
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { type, device } = parse(line);
    if (type === "reading" && device === "hostile") own += 1;
    if (type !== "reading" || device !== "healthy") return;
    const now = performance.now();
    if (readings === 0) {
      startMs = now - beginMs;
      patience.refresh();
    } else gapMs = Math.max(gapMs, now - lastMs);
    lastMs = now;
    readings += 1;
    check();
  });
  createInterface({ input: child.stderr }).on("line", (line) => {
    const { type, device, message } = parse(line);
    if (type === "error" && device === "hostile") told.push(String(message).replace(/^hostile: /, ""));
    check();
  });
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  await Promise.race([isEnough, exited]);
  clearTimeout(patience);
  if (readings > 0) gapMs = Math.max(gapMs, performance.now() - lastMs);

  const signalMs = performance.now();
  child.kill(signal);
  const kill = setTimeout(() => child.kill("SIGKILL"), endsWithinMs);
  const [code, by] = await exited;
  clearTimeout(kill);
  const endMs = performance.now() - signalMs;
  return {
    sentence: prepared.refused ?? told[0] ?? goesOn,
    prepareMs: prepared.ms,
    startMs,
    gapMs,
    endMs,
    ended: by ?? code,
    wrongLines,
  };
}
