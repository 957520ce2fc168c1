/** Some of the corpus through `busbar run`, each in a process of its own, beside a sensor that is read every 50 ms. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { boardOf, healthyEntry } from "../src/board.ts";
import { goesOn, type HostileCase } from "../src/case.ts";
import { corpus } from "../src/corpus/index.ts";
import { everyMs } from "../src/heartbeat.ts";
import { folderOf } from "../src/play.ts";
import { readerApp } from "../src/wat/app.ts";

const command = fileURLToPath(import.meta.resolve("busbar/package.json")).replace(
  "package.json",
  "bin/busbar.js",
);
/** The path of the driver: in the case's own folder nothing is installed. */
const driver = fileURLToPath(import.meta.resolve("@busbar/bme280/package.json")).replace(
  "package.json",
  "dist/bme280.wasm",
);
/** A second is what it may take. */
const endsWithinMs = 3_000;
/** What is under way at the end may be one more. */
const enoughReadings = 6;

const cases = corpus.filter(({ byCommand }) => byCommand);
let reader: Uint8Array;

beforeAll(async () => {
  reader = await readerApp();
});

test("they are a part of each kind", () => {
  expect(cases.length).toBeGreaterThanOrEqual(25);
  expect(new Set(cases.map(({ kind }) => kind))).toEqual(new Set(["sensor", "app"]));
});

/** A folder with the board of a case, where a healthy sensor is read by the command, or by an app beside a hostile one. */
async function boardFolder(each: HostileCase) {
  const folder = await folderOf(each);
  const devices = { healthy: { ...healthyEntry, driver } };
  const apps = each.kind === "app" ? { reader: { component: "./reader.wasm", uses: ["healthy"] } } : {};
  writeFileSync(join(folder.path, "reader.wasm"), reader);
  writeFileSync(join(folder.path, "board.json"), JSON.stringify(boardOf(each, { devices, apps })));
  return folder;
}

function run(folder: string): ChildProcess {
  const cache = fileURLToPath(new URL("../.cache", import.meta.url));
  return spawn(process.execPath, [command, "run", "board.json", "--json", "--every", String(everyMs)], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, XDG_CACHE_HOME: cache },
  });
}

/** Ends a process. @returns how it ended; it is a failure where it takes too long */
async function endBy(child: ChildProcess, signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
  const exited = once(child, "exit", { signal: AbortSignal.timeout(endsWithinMs) });
  child.kill(signal);
  try {
    const [code, by] = (await exited) as [number | null, NodeJS.Signals | null];
    return by ?? code;
  } finally {
    child.kill("SIGKILL");
  }
}

const isHealthy = (record: Record<string, unknown>) =>
  (record.type === "reading" && record.device === "healthy") ||
  (record.type === "output" && record.app === "reader" && record.line === "healthy");

describe.for(cases)("$name", (each) => {
  const signal = cases.indexOf(each) % 2 === 0 ? "SIGTERM" : "SIGINT";

  test(`its lines are JSON, the healthy sensor is read on, and ${signal} ends it`, {
    timeout: 60_000,
  }, async () => {
    using folder = await boardFolder(each);
    const child = run(folder.path);
    const records: Record<string, unknown>[] = [];
    const told: Record<string, unknown>[] = [];
    let healthy = 0;
    let enough = () => {};
    const read = new Promise<void>((resolve) => {
      enough = resolve;
    });
    const tellsOfIt = each.ends !== goesOn && each.byCommand !== "quietly";
    const check = () => {
      // Not a line of the audit trail: a case of refused calls has those before it ends.
      const found = told.some(({ type, device, app }) => type === "error" && (device ?? app) === "hostile");
      if (healthy >= enoughReadings && (found || !tellsOfIt)) enough();
    };
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const record = JSON.parse(line) as Record<string, unknown>;
      // Nothing that a terminal obeys, nothing whole that is megabytes.
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(line.length).toBeLessThan(200_000);
      if (records.length < 1000) records.push(record);
      if (isHealthy(record)) healthy += 1;
      check();
    });
    createInterface({ input: child.stderr! }).on("line", (line) => {
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      told.push(JSON.parse(line) as Record<string, unknown>);
      check();
    });
    const closed = once(child, "close").then(() => {
      throw new Error(`it ended by itself: ${JSON.stringify(told.slice(-3)).slice(0, 1000)}`);
    });
    await Promise.race([read, closed]);
    closed.catch(() => undefined);
    expect([0, 4, 7, 8, signal]).toContain(await endBy(child, signal));
    if (!tellsOfIt) return;
    const errors = told.filter(({ type, device, app }) => type === "error" && (device ?? app) === "hostile");
    const messages = errors.map(({ message }) => String(message).replace(/^hostile: /, ""));
    expect(messages[0]).toMatch(each.ends instanceof RegExp ? each.ends : literally(each.ends));
  });
});

describe.for(
  cases.filter(({ name }) => /^prints|^a loop in an app$|memory\.fill, in|^names that are/.test(name)),
)("$name, read by nobody", (each) => {
  test.for(["SIGTERM", "SIGINT"] as const)("%s ends it", { timeout: 60_000 }, async (signal) => {
    using folder = await boardFolder(each);
    const child = run(folder.path);
    // It has begun; from now on nobody takes anything.
    await once(child.stdout!, "readable");
    expect([0, 4, 7, 8, signal]).toContain(await endBy(child, signal));
  });
});

/** The whole of a sentence as a pattern. */
function literally(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
}
