/**
 * Run in a process of its own, by `against.ts`: measures one thing of one checkout, which may be of another time. It uses
 * nothing of its own checkout, and of the other only what has not changed: `openBoard`, the simulator, built components.
 *
 * Arguments: the checkout, what is measured, and a component where another than the BME280's is. Prints JSON.
 */

import { existsSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { OpenBoard } from "@busbar/host";

const [checkout, what, other] = process.argv.slice(2) as [string, keyof typeof measures, string | undefined];

// What the busbar command does first: V8's code for the host is kept between runs.
enableCompileCache(join(process.env.XDG_CACHE_HOME!, "compiled"));
const load = (path: string) => import(pathToFileURL(join(checkout, path)).href);
const { openBoard } = await load("host/node/dist/index.js");
const { simulate } = await load("tools/sim/dist/index.js");
const component = other ?? join(checkout, "packages/bme280/dist/bme280.wasm");

/** Takes the waiting out: a sleep ends at once, and the time it would have taken has passed. */
class SkippingClock {
  #skippedMs = 0;

  now(): number {
    return performance.now() + this.#skippedMs;
  }

  async sleep(ms: number): Promise<void> {
    this.#skippedMs += ms;
  }

  turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}

/** Before issue 9 a component that came without translated files had to be translated. */
async function translation(): Promise<object> {
  if (existsSync(component.replace(/\.wasm$/, "/component.js"))) return {};
  if (!existsSync(join(checkout, "tools/build/dist/transpile.js"))) return {};
  const { transpileCached } = await load("tools/build/dist/index.js");
  const cache = join(process.env.XDG_CACHE_HOME!, "translated");
  return { transpile: async (bytes: Uint8Array) => (await transpileCached(bytes, cache)).folder };
}

async function board(mode: string): Promise<OpenBoard> {
  const file = {
    devices: {
      indoor: {
        driver: component,
        i2c: { bus: "sim", address: "0x76" },
        ...(other === undefined && { settings: { mode } }),
        limits: { callMs: 60_000 },
      },
    },
    simulate: [{ i2c: "sim", address: "0x76", model: "bme280" }],
  };
  return openBoard(file, { simulate, clock: new SkippingClock(), ...(await translation()) });
}

/** Processor time of one reading in microseconds: the median of many rounds. */
async function reading(mode: string, rounds: number, repetitions: number): Promise<number> {
  await using opened = await board(mode);
  const sensor = await opened.sensor("indoor");
  const samples: number[] = [];
  for (let round = -2; round < rounds; round += 1) {
    const before = process.cpuUsage();
    for (let count = 0; count < repetitions; count += 1) await sensor.read();
    const { user, system } = process.cpuUsage(before);
    if (round >= 0) samples.push((user + system) / repetitions);
  }
  return middle(samples);
}

async function warm(): Promise<number> {
  const samples: number[] = [];
  for (let run = -5; run < 30; run += 1) {
    await using opened = await board("forced");
    const start = performance.now();
    await (await opened.sensor("indoor")).read();
    if (run >= 0) samples.push(performance.now() - start);
  }
  return middle(samples);
}

async function memory(): Promise<number> {
  const kept: OpenBoard[] = [];
  const open = async () => {
    const opened = await board("forced");
    await (await opened.sensor("indoor")).read();
    kept.push(opened);
  };
  const resident = () => {
    for (let count = 0; count < 5; count += 1) globalThis.gc?.();
    return process.memoryUsage().rss / 1024 / 1024;
  };
  // With fewer the figure is of V8, which lets its heap and its code grow in steps, and does the rest on other threads.
  for (let count = 0; count < 120; count += 1) await open();
  await sleep(500);
  const before = resident();
  for (let count = 0; count < 240; count += 1) await open();
  await sleep(500);
  return (resident() - before) / 240;
}

async function fresh(): Promise<number> {
  await using opened = await board("forced");
  await (await opened.sensor("indoor")).read();
  return performance.now() - performance.nodeTiming.bootstrapComplete;
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

const measures = {
  forced: () => reading("forced", 15, 1000),
  normal: () => reading("normal", 15, 1000),
  busy: () => reading("", 7, 3),
  warm,
  memory,
  fresh,
};

const value = await measures[what]();
console.log(JSON.stringify({ value }));
// What is kept for the measurement need not be closed.
process.exit(0);
