/** The app and its drivers as one component: what it imports, and that it does what the linked ones do. */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { componentize, composeComponents, type Engine } from "@busbar/build";
import { type BoardEvent, type BoardFile, readComponent } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { afterAll, beforeAll, expect, test } from "vitest";

const packages = dirname(dirname(import.meta.dirname));
/** A StarlingMonkey component is 12 MB, and the machine may be busy. */
const slow = 180_000;

const wasmOf = (name: string) => join(packages, name, "dist", `${name}.wasm`);

const indoor = {
  i2c: { bus: "sim", address: "0x76" },
  settings: { mode: "forced", "temperature-oversampling": "2" },
} as const;
const panel = { i2c: { bus: "sim", address: "0x27" } } as const;
const board = (devices: BoardFile["devices"], component: string): BoardFile => ({
  devices,
  simulate: [
    {
      i2c: "sim",
      address: "0x76",
      model: "bme280",
      temperature: { mean: 22, swing: 2, periodSeconds: 20 },
      humidity: { mean: 50, swing: 20, periodSeconds: 30 },
    },
    { i2c: "sim", address: "0x27", model: "hd44780" },
  ],
  apps: { station: { component, uses: ["indoor", "panel"] } },
});
const linkedBoard = board(
  { indoor: { ...indoor, driver: wasmOf("bme280") }, panel: { ...panel, driver: wasmOf("hd44780") } },
  wasmOf("weather-station"),
);

let folder: string;
let linked: Told;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "busbar-composed-"));
  linked = await run(linkedBoard);
}, slow);
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Told {
  readonly lines: readonly string[];
  /** What reached each target, in order. */
  readonly transactions: Readonly<Record<string, string[]>>;
}

/** What the station prints, and does on the bus, until it has printed twelve lines. */
async function run(file: BoardFile): Promise<Told> {
  const lines: string[] = [];
  const transactions = { indoor: [] as string[], panel: [] as string[] };
  const stop = new AbortController();
  const onEvent = (event: BoardEvent) => {
    expect(event.kind).not.toBe("denied");
    if (event.kind !== "i2c" || stop.signal.aborted) return;
    const { operations, results } = event;
    transactions[event.device as "indoor" | "panel"].push(JSON.stringify({ operations, results }));
  };
  await using opened = await openBoard(file, { simulate, clock: new VirtualClock(), onEvent });
  const output = (bytes: Uint8Array) => {
    lines.push(...new TextDecoder().decode(bytes).trimEnd().split("\n"));
    if (lines.length >= 12) stop.abort(new Error("enough lines"));
  };
  await expect(opened.run("station", { output, signal: stop.signal })).rejects.toThrow("enough lines");
  return { lines, transactions };
}

async function part(name: string, engine: Engine = "quickjs") {
  if (engine === "quickjs") return { name, bytes: new Uint8Array(await readFile(wasmOf(name))) };
  const { component } = await componentize({
    folder: join(packages, name),
    entry: join(packages, name, "src/component.ts"),
    world: { bus: "i2c", exports: "sensor" },
    engine,
  });
  return { name, bytes: component };
}

async function runComposed(component: Uint8Array): Promise<Told> {
  const file = join(folder, "station.wasm");
  await writeFile(file, component);
  return run(board({ indoor, panel }, file));
}

test(
  "imports the buses, and what the app itself needs",
  async () => {
    const composed = await composeComponents(await part("weather-station"), [
      await part("bme280"),
      await part("hd44780"),
    ]);
    const { imports, exports } = readComponent(composed, "the station");
    expect(imports.map(({ name }) => name)).toEqual([
      "busbar:device/errors@0.1.0",
      "wasi:io/poll@0.2.0",
      "wasi:clocks/monotonic-clock@0.2.0",
      "wasi:clocks/wall-clock@0.2.0",
      "wasi:io/error@0.2.0",
      "wasi:io/streams@0.2.0",
      "wasi:cli/stdout@0.2.0",
      "wasi:cli/stderr@0.2.0",
      "wasi:i2c/i2c@0.2.0-draft",
      "wasi:i2c/delay@0.2.0-draft",
      "busbar:board/i2c@0.1.0",
      "busbar:board/settings@0.1.0",
    ]);
    expect(exports.map(({ name }) => name)).toEqual(["wasi:cli/run@0.2.0"]);
  },
  slow,
);

test.each(["quickjs", "starlingmonkey"] as const)(
  "with a sensor driver on %s: prints every line that the linked one prints, and does the same on the bus",
  async (engine) => {
    const composed = await composeComponents(await part("weather-station"), [
      await part("bme280", engine),
      await part("hd44780"),
    ]);
    const told = await runComposed(composed);
    expect(linked.lines).toHaveLength(12);
    expect(linked.lines[0]).toMatch(/^1: temperature 2\d\.\d C, pressure 1013 hPa, humidity \d\d %$/);
    expect(new Set(linked.lines.map((line) => line.replace(/^\d+: /, ""))).size).toBeGreaterThan(6);
    expect(told).toEqual(linked);
  },
  slow,
);

test(
  "composed in two steps, one inside the other, it does the same",
  async () => {
    const app = await part("weather-station");
    const half = await composeComponents(app, [await part("bme280")]);
    const whole = await composeComponents({ name: "half", bytes: half }, [await part("hd44780")]);
    expect(await runComposed(whole)).toEqual(linked);
  },
  slow,
);
