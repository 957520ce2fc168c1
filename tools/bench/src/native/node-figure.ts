/** One figure of the host for Node, as a number on stdout: the counterpart of busbar-host's examples/measure. */

import { openBoard } from "@busbar/host-node";
import { simulate } from "@busbar/sim";
import { proportionalBytesOf } from "../measure.ts";

/** So many readings are one figure; as many before it warm up. */
const READINGS = 5_000;

const [what, path] = process.argv.slice(2) as [string, string];
await using board = await openBoard(path, { simulate });
const [first, ...others] = board.devices.map(({ name }) => name) as [string, ...string[]];
const sensor = await board.sensor(first);
await sensor.read();

async function readOften(): Promise<void> {
  for (let count = 0; count < READINGS; count += 1) await sensor.read();
}

async function openAll(): Promise<void> {
  for (const name of others) await (await board.sensor(name)).read();
}

async function processorUs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function memoryBytes(): number {
  globalThis.gc?.();
  return proportionalBytesOf("self");
}

const measured: Readonly<Record<string, () => Promise<number>>> = {
  reading: async () => {
    await readOften();
    return (await processorUs(readOften)) / READINGS;
  },
  instance: async () => (await processorUs(openAll)) / others.length,
  memory: async () => {
    const before = memoryBytes();
    await openAll();
    return (memoryBytes() - before) / others.length;
  },
};
console.log(await measured[what]!());
