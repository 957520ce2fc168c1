/**
 * Every I2C driver on two hosts that share no code, ours and jco's, over the same simulated chip: each transaction, each wait
 * and each value that the driver gives must be the same on both.
 */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ComponentArtifact, Pace } from "@busbar/host/backend";
import { startWithJco } from "@busbar/jco";
import { simulatedBuses, VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import { type Entry, i2cHost } from "./i2c-host.ts";

const require = createRequire(import.meta.url);
const pace = new Pace(() => new Promise((resolve) => setImmediate(resolve)));
const waits = ["wasi:i2c/delay#[method]delay.delay-ns", "busbar:board/time#wait-ms"];

type Start = (component: Uint8Array, imports: Record<string, unknown>) => Promise<Record<string, unknown>>;

const hosts: Record<"linker" | "jco", Start> = {
  async linker(component, imports) {
    const artifact = await ComponentArtifact.load("the driver", component);
    const { exports } = await artifact.start({
      imports,
      memoryMiB: 64,
      waits: ({ path, name }) => waits.includes(`${path.replace(/@.*/, "")}#${name}`),
      check: () => undefined,
      now: () => 0,
      pace,
    });
    return exports;
  },
  jco: (component, imports) => startWithJco(component, imports, { waits }),
};

/** Calls methods of a device in turn, and records what each gives or throws. */
type Device = Record<string, (...values: unknown[]) => unknown>;
type Calls = readonly (readonly [method: string, ...values: unknown[]])[];

interface Run {
  readonly driver: string;
  readonly kind: "sensor" | "text-display";
  readonly chip?: object;
  readonly settings?: readonly [string, string][];
  readonly calls: Calls;
  /** Whether the driver's `open` returns an error. */
  readonly refused?: boolean;
}

const sensorCalls: Calls = [["info"], ["channels"], ["read"], ["read"], ["read"], ["close"]];
const displayCalls: Calls = [
  ["info"],
  ["size"],
  ["capabilities"],
  ["clear"],
  ["write", 0, 1, "Grüß 25.1 °C"],
  ["write", 99, 0, "no such row"],
  ["setBrightness", 0.5],
  ["setBrightness", 2],
  ["setBlinkRate", 1],
  ["defineCharacter", 0, Uint8Array.of(0, 10, 31, 31, 14, 4, 0, 0)],
  ["close"],
];

async function recordOf(start: Start, { driver, kind, chip, settings, calls }: Run): Promise<Entry[]> {
  const folder = dirname(require.resolve(`@busbar/${driver}/package.json`));
  const component = await readFile(join(folder, `dist/${driver}.wasm`));
  const clock = new VirtualClock();
  const { default: model } = (await import(`@busbar/${driver}/model`)) as { default: unknown };
  const entry = { i2c: "sim", address: 0x44, model: driver, ...chip } as const;
  const buses = simulatedBuses([entry], clock, new Map([[driver, model]]));
  const { imports, record } = i2cHost([...buses.values()][0]!, clock, settings ?? []);
  const exports = await start(component, imports);
  const api = exports[`busbar:device/${kind}@0.1.0`] as { open(name: string): Promise<Device> };
  const call = async (what: string, run: () => unknown): Promise<unknown> => {
    try {
      const value = await run();
      record.push([what, typeof value === "object" && value !== null && "close" in value ? "device" : value]);
      return value;
    } catch (thrown) {
      record.push([`${what} throws`, (thrown as { payload?: unknown }).payload]);
      return undefined;
    }
  };
  const device = (await call("open", () => api.open("indoor"))) as Device | undefined;
  if (device === undefined) return record;
  for (const [method, ...values] of calls) await call(`device.${method}`, () => device[method]!(...values));
  (device as unknown as Disposable)[Symbol.dispose]();
  return record;
}

const noAnswer = { faults: [{ fault: "no-acknowledge-address", transaction: 2, every: 3 }] };

describe.each<Run>([
  {
    driver: "bme280",
    kind: "sensor",
    calls: sensorCalls,
    chip: { temperature: 21.5, humidity: 40, pressure: 98000 },
  },
  {
    driver: "bme280",
    kind: "sensor",
    calls: sensorCalls,
    settings: [
      ["mode", "normal"],
      ["filter", "4"],
    ],
  },
  { driver: "hts221", kind: "sensor", calls: sensorCalls, chip: { temperature: -7, humidity: 71 } },
  { driver: "sht3x", kind: "sensor", calls: sensorCalls, chip: { temperature: 3, humidity: 99 } },
  {
    driver: "sht3x",
    kind: "sensor",
    calls: sensorCalls,
    settings: [
      ["mode", "periodic"],
      ["rate-hz", "10"],
    ],
  },
  { driver: "tmp102", kind: "sensor", calls: sensorCalls, chip: { temperature: -40 } },
  { driver: "tmp102", kind: "sensor", calls: sensorCalls, settings: [["mode", "sideways"]], refused: true },
  { driver: "tmp102", kind: "sensor", calls: sensorCalls, chip: noAnswer, refused: true },
  { driver: "hd44780", kind: "text-display", calls: displayCalls, settings: [["size", "20x4"]] },
  { driver: "ht16k33", kind: "text-display", calls: displayCalls },
])("$driver, $chip, $settings", (run) => {
  test("does the same on both hosts", async () => {
    const ours = await recordOf(hosts.linker, run);
    expect(ours).toEqual(await recordOf(hosts.jco, run));
    // Or else both did nothing.
    const calls = ours.filter(([what]) => what.startsWith("device."));
    expect(calls.length).toBe(run.refused ? 0 : run.calls.length);
  });
});
