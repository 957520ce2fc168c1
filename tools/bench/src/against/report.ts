/** This checkout beside another commit of the project: the same measurements of both, in turns, in one run. */

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { buildPackage } from "@busbar/build";
import Table from "cli-table3";
import { median, residentBytesOf } from "../measure.ts";

/** The root of this checkout. */
const here = join(import.meta.dirname, "../../../..");
const needed = ["busbar", "@busbar/bme280", "@busbar/mass-storage", "@busbar/bench"];

interface Measure {
  readonly what: string;
  readonly unit: string;
  readonly runs: number;
  /** One figure of a checkout. */
  take(checkout: string): Promise<number> | number;
}

/**
 * Prints a table of both.
 *
 * @param commit the other one
 * @param folder for what is made on the way
 */
export async function reportAgainst(commit: string, folder: string): Promise<void> {
  const other = checkOut(commit);
  const busyFolder = join(import.meta.dirname, "../../busy");
  const { component: busy } = await buildPackage(busyFolder, { outFolder: join(folder, "busy") });
  const table = new Table({
    head: ["medians, in turns", commit.slice(0, 12), "here", "ratio"],
    style: { head: [] },
  });
  for (const { what, unit, runs, take } of measures(folder, busy)) {
    const before: number[] = [];
    const now: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      before.push(await take(other));
      now.push(await take(here));
    }
    const figure = (values: readonly number[]) => `${median(values).toPrecision(3)} ${unit}`;
    table.push([what, figure(before), figure(now), (median(now) / median(before)).toFixed(2)]);
  }
  console.log(table.toString());
}

function measures(folder: string, busy: string): readonly Measure[] {
  const probe = (checkout: string, ...parameters: string[]) => {
    const cache = join(folder, checkout === here ? "cache-here" : "cache-other");
    return probed(checkout, cache, parameters);
  };
  const unused = (checkout: string) => {
    const cache = join(folder, "cache-new");
    rmSync(cache, { recursive: true, force: true });
    const cold = wholeRead(checkout, cache);
    return cold - wholeRead(checkout, cache);
  };
  return [
    { what: "one reading, forced mode (processor)", unit: "us", runs: 5, take: (c) => probe(c, "forced") },
    { what: "one reading, normal mode (processor)", unit: "us", runs: 5, take: (c) => probe(c, "normal") },
    { what: "warm instance to first reading", unit: "ms", runs: 5, take: (c) => probe(c, "warm") },
    { what: "memory of each further instance", unit: "MiB", runs: 5, take: (c) => probe(c, "memory") },
    { what: "first use of a component on a machine", unit: "ms", runs: 5, take: unused },
    { what: "fresh process to first reading", unit: "ms", runs: 15, take: (c) => probe(c, "fresh") },
    {
      what: "busbar run, four sensors, resident",
      unit: "MiB",
      runs: 3,
      take: (c) => residentOfRun(c, folder),
    },
    { what: "component, compressed", unit: "kB", runs: 1, take: compressed },
    {
      what: "guest busy in JavaScript (processor)",
      unit: "us",
      runs: 5,
      take: (c) => probe(c, "busy", busy),
    },
  ];
}

function probed(checkout: string, cache: string, parameters: readonly string[]): number {
  const [what = "", ...more] = parameters;
  const script = join(import.meta.dirname, "probe.js");
  const env = { ...process.env, XDG_CACHE_HOME: cache };
  const output = execFileSync(process.execPath, ["--expose-gc", script, checkout, what, ...more], { env });
  return (JSON.parse(output.toString()) as { value: number }).value;
}

/** Milliseconds of a whole `busbar read`. */
function wholeRead(checkout: string, cache: string): number {
  const command = join(checkout, "tools/cli/bin/busbar.js");
  const start = performance.now();
  execFileSync(process.execPath, [command, "read", join(checkout, "examples/indoor/board.json")], {
    env: { ...process.env, XDG_CACHE_HOME: cache },
  });
  return performance.now() - start;
}

/** MiB of `busbar run` with four simulated sensors, after five seconds. */
async function residentOfRun(checkout: string, folder: string): Promise<number> {
  const names = ["a", "b", "c", "d"];
  const driver = join(checkout, "packages/bme280/dist/bme280.wasm");
  const board = join(folder, "four.json");
  writeFileSync(
    board,
    JSON.stringify({
      devices: Object.fromEntries(names.map((bus) => [bus, { driver, i2c: { bus, address: "0x76" } }])),
      simulate: names.map((bus) => ({ i2c: bus, address: "0x76", model: "bme280" })),
    }),
  );
  const command = join(checkout, "tools/cli/bin/busbar.js");
  const child = spawn(process.execPath, [command, "run", board], { stdio: "ignore" });
  try {
    await sleep(5000);
    return residentBytesOf(child.pid!) / 1024 ** 2;
  } finally {
    child.kill();
  }
}

function compressed(checkout: string): number {
  return gzipSync(readFileSync(join(checkout, "packages/bme280/dist/bme280.wasm"))).length / 1000;
}

/** A checkout of the commit, installed and built; kept for the next time. */
function checkOut(commit: string): string {
  const run = (command: string, parameters: readonly string[], cwd: string) =>
    execFileSync(command, parameters, { cwd, stdio: ["ignore", "ignore", "inherit"] });
  const id = execFileSync("git", ["rev-parse", "--verify", `${commit}^{commit}`], { cwd: here })
    .toString()
    .trim();
  const checkout = join(here, ".cache/against", id);
  if (existsSync(join(checkout, "built"))) return checkout;
  rmSync(checkout, { recursive: true, force: true });
  mkdirSync(dirname(checkout), { recursive: true });
  run("git", ["worktree", "prune"], here);
  run("git", ["worktree", "add", "--force", "--detach", checkout, id], here);
  run("npx", ["-y", "pnpm@12", "install", "--frozen-lockfile", "--prefer-offline"], checkout);
  run(
    "npx",
    ["-y", "pnpm@12", "turbo", "run", "build", ...needed.map((name) => `--filter=${name}`)],
    checkout,
  );
  writeFileSync(join(checkout, "built"), "");
  return checkout;
}
