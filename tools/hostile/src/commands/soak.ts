/**
 * `pnpm --filter @busbar/hostile soak [minutes]`: 200 sensors in one process by a real clock, half of them healthy, the rest hostile
 * or failing again and again. Memory and address space are printed once a minute; they are flat at the end.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BoardFile, DeviceError, HostError, type OpenBoard, type Sensor } from "@busbar/host";
import { nodeClock } from "@busbar/host-node";
import { openSimulated } from "../board.ts";
import { corpus } from "../corpus/index.ts";

const sensors = 200;
const readEveryMs = 1_000;
/** How long a device that failed is left alone before it is opened again. */
const retryMs = 500;
const hostile = [
  "unreachable in read",
  "unreachable in open",
  "a loop, in read",
  "a loop in realloc",
  "memory page by page",
  "delays without end, never given back",
  "refused reads without end",
  "an error of a bus of 8 MiB",
  "a stack overflow",
  "more values than channels",
];
const mebibyte = 1024 * 1024;
/** What may be more at the end than after the second minute, as a part of it. */
const mostGrowth = 0.15;

const driver = fileURLToPath(import.meta.resolve("@busbar/bme280/package.json")).replace(
  "package.json",
  "dist/bme280.wasm",
);

interface Counts {
  readings: number;
  failures: number;
}

/** Half of the sensors with a healthy driver, the others with each of the hostile ones in turn. */
async function writeBoard(folder: string): Promise<BoardFile> {
  const cases = hostile
    .map((name) => corpus.find((each) => each.name === name))
    .filter((each) => each !== undefined);
  if (cases.length < hostile.length) throw new Error("the corpus has other names by now");
  await Promise.all(
    cases.map(async (each, index) => writeFileSync(join(folder, `${index}.wasm`), await each.bytes())),
  );
  const limits = { callMs: 100, memoryMiB: 16 };
  const devices: BoardFile["devices"] = {};
  const simulate: BoardFile["simulate"] = [];
  for (let index = 0; index < sensors; index += 1) {
    const isHealthy = index % 2 === 0;
    const bus = `bus-${index}`;
    const file = isHealthy ? driver : `./${((index - 1) / 2) % cases.length}.wasm`;
    devices[`${isHealthy ? "healthy" : "hostile"}-${index}`] = {
      driver: file,
      i2c: { bus, address: "0x76" },
      // A machine that does much else takes its time; a minute is a hang.
      limits: isHealthy ? { callMs: 60_000 } : limits,
    };
    simulate.push({ i2c: bus, address: "0x76", model: "bme280" });
  }
  return { devices, simulate };
}

async function keepReading(
  board: OpenBoard,
  name: string,
  counts: Counts,
  signal: AbortSignal,
): Promise<void> {
  let sensor: Sensor | undefined;
  while (!signal.aborted) {
    try {
      sensor ??= await board.sensor(name);
      await sensor.read();
      counts.readings += 1;
      await nodeClock.sleep(readEveryMs, signal);
    } catch (thrown) {
      if (signal.aborted) return;
      if (!(thrown instanceof DeviceError || thrown instanceof HostError)) throw thrown;
      counts.failures += 1;
      await sensor?.[Symbol.asyncDispose]().catch(() => undefined);
      sensor = undefined;
      await nodeClock.sleep(retryMs, signal).catch(() => undefined);
    }
  }
}

/** In MiB. Linux: proc_pid_status(5), VmSize. */
function sizes() {
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const kibibytes = Number(/^VmSize:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
  return {
    rss: rss / mebibyte,
    heap: heapUsed / mebibyte,
    buffers: arrayBuffers / mebibyte,
    space: kibibytes / 1024,
  };
}

const minutes = Number(process.argv[2] ?? 10);
const folder = mkdtempSync(join(tmpdir(), "busbar-soak-"));
try {
  await using board = await openSimulated(await writeBoard(folder), folder);
  const end = new AbortController();
  const healthy: Counts = { readings: 0, failures: 0 };
  const others: Counts = { readings: 0, failures: 0 };
  const running = board.devices.map(({ name }) =>
    keepReading(board, name, name.startsWith("healthy") ? healthy : others, end.signal),
  );
  console.log(
    "minute   resident   heap  buffers   address space   readings (failed)   hostile: read, failed",
  );
  const measured: ReturnType<typeof sizes>[] = [];
  for (let minute = 0; minute <= minutes; minute += 1) {
    if (minute > 0) await nodeClock.sleep(60_000);
    const now = sizes();
    measured.push(now);
    const [rss, heap, buffers, space] = [now.rss, now.heap, now.buffers, now.space].map((each) =>
      each.toFixed(0),
    );
    console.log(
      `${String(minute).padStart(6)} ${rss!.padStart(6)} MiB ${heap!.padStart(6)} ${buffers!.padStart(8)} ${space!.padStart(11)} MiB ` +
        `${String(healthy.readings).padStart(10)} (${healthy.failures}) ${String(others.readings).padStart(16)}, ${others.failures}`,
    );
  }
  end.abort();
  await Promise.all(running);
  const [from, to] = [measured[Math.min(2, measured.length - 1)]!, measured.at(-1)!];
  const growth = { resident: to.rss / from.rss - 1, "address space": to.space / from.space - 1 };
  for (const [what, part] of Object.entries(growth)) {
    console.log(`${what}: ${(part * 100).toFixed(1)} % more than after the second minute`);
    if (part > mostGrowth) process.exitCode = 1;
  }
  if (healthy.failures > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
