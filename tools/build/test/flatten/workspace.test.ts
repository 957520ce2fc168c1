/// <reference lib="dom" />

/** Each component of this workspace as one core module: what it says, and that it does what the component does. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type BoardEvent, type BoardFile, type OpenBoard, readComponent, readMetadata } from "@busbar/host";
import type { PreparedStore } from "@busbar/host/backend";
import { planComponent } from "@busbar/host/component";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";
import { composeComponents } from "../../src/compose/compose.ts";
import { Budget } from "../../src/flatten/budget.ts";
import { readCoreModule } from "../../src/flatten/core-module.ts";
import { flattenComponent } from "../../src/flatten/flatten.ts";
import { flattenedStore } from "./flattened-store.ts";
import { readInterface, sectionsOf } from "./read-interface.ts";
import { componentOf, FlattenedFiles, nameOf, workspaceComponents } from "./workspace.ts";

const kinds: Readonly<Record<number, string>> = { 1: "function", 3: "type", 5: "instance" };

describe.each(workspaceComponents("synchronous").map((file) => [nameOf(file), file]))("%s", (_, file) => {
  const bytes = readFileSync(file);
  const flattened = flattenComponent({ name: file, bytes });
  const module = new WebAssembly.Module(flattened);

  test("is smaller, and the same each time", () => {
    expect(flattened.length).toBeLessThan(bytes.length);
    expect(Buffer.compare(flattenComponent({ name: file, bytes }), flattened)).toBe(0);
  });

  test("has no instruction, and nothing else, that a flattened module may not have", () => {
    const { bodies, tables } = readCoreModule(flattened, new Budget());
    expect(bodies.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(tables.length).toBeLessThanOrEqual(1);
  });

  test("imports functions of the component's interface, one at a time", () => {
    const imports = WebAssembly.Module.imports(module);
    expect(new Set(imports.map(({ kind }) => kind))).toEqual(
      new Set(imports.length === 0 ? [] : ["function"]),
    );
    expect(new Set(imports.map(({ module: from, name }) => `${from} ${name}`)).size).toBe(imports.length);
    const declared = new Set(
      readInterface(flattened).imported.map((each) => `${each.interface} ${each.name}`),
    );
    const functions = imports.filter(({ name }) => !name.startsWith("[resource-"));
    expect(functions.filter(({ module: from, name }) => !declared.has(`${from} ${name}`))).toEqual([]);
  });

  test("exports what is lifted, what frees, the memory and its realloc, and nothing else", () => {
    const known = readInterface(flattened);
    const functions = known.exported.map((each) =>
      each.interface === "" ? each.name : `${each.interface}#${each.name}`,
    );
    const names = WebAssembly.Module.exports(module).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...functions, "memory", "cabi_realloc"]));
    const others = names.filter((name) => !functions.includes(name) && !/^cabi_post_|#\[dtor\]/.test(name));
    expect(others).toEqual(["cabi_realloc", "memory"]);
  });

  test("says of which component it is, and what that imports and exports", () => {
    const sections = sectionsOf(flattened);
    expect([...sections.keys()].slice(0, 2)).toEqual(["busbar:component", "busbar:interface"]);
    expect(Buffer.from(sections.get("busbar:component")!)).toEqual(
      createHash("sha256").update(bytes).digest(),
    );
    const { imports, exports } = readComponent(bytes, file);
    const known = readInterface(flattened);
    const named = (list: typeof known.imports) => list.map(({ kind, name }) => ({ name, kind: kinds[kind] }));
    expect(named(known.imports)).toEqual(imports);
    expect(named(known.exports)).toEqual(exports);
    const declared = planComponent(bytes).hostFunctions!.map(({ host }) => `${host.path} ${host.name}`);
    expect(known.imported.map((each) => `${each.interface} ${each.name}`)).toEqual(declared);
    expect(readMetadata(flattened)).toEqual(readMetadata(bytes));
  });
});

test.each(workspaceComponents("asynchronous").map((file) => [nameOf(file), file]))(
  "%s is refused",
  (_, file) => {
    expect(() => flattenComponent({ name: "x.wasm", bytes: readFileSync(file) })).toThrow(
      "x.wasm cannot be linked: a future is not supported; use another build of it.",
    );
  },
);

test("the composed example is refused, for its parts have a memory each", async () => {
  const part = (name: string) => ({ name, bytes: readFileSync(componentOf(name)) });
  const station = await composeComponents(part("weather-station"), [part("bme280"), part("hd44780")]);
  expect(() => flattenComponent({ name: "./station.wasm", bytes: station })).toThrow(
    "./station.wasm cannot be flattened: it is composed of components that have a memory and handles each; flatten those instead.",
  );
});

/** What a program saw of a board, and what went over its I2C: when a USB transfer ends is not the driver's doing. */
interface Seen {
  readonly answers: readonly unknown[];
  readonly events: readonly BoardEvent[];
}

/** Uses a board. What happens on its buses after `done` is nobody's. */
type Use = (board: OpenBoard, done: () => void) => Promise<unknown[]>;

/** Opens a board, and lets a program use it. */
async function see(file: BoardFile, use: Use, prepared?: PreparedStore): Promise<Seen> {
  const events: BoardEvent[] = [];
  let isDone = false;
  const onEvent = (event: BoardEvent) => {
    if (!isDone && (event.kind === "i2c" || event.kind === "denied")) events.push(event);
  };
  const options = { clock: new VirtualClock(), simulate, i2c: [], usb: [], onEvent };
  await using board = await openBoard(file, { ...options, ...(prepared && { prepared }) });
  const answers = await use(board, () => {
    isDone = true;
  });
  return { answers, events };
}

const wired = (driver: string, address: string, settings = {}) => ({
  driver,
  settings,
  i2c: { bus: "sim", address },
});

/** A sensor of this model, read five times. */
function sensorBoard(name: string, address: string, settings = {}) {
  return {
    name,
    file: (component: (name: string) => string): BoardFile => ({
      devices: { it: wired(component(name), address, settings) },
      simulate: [{ i2c: "sim", address, model: name }],
    }),
    use: async (board: OpenBoard) => {
      const sensor = await board.sensor("it");
      const readings: unknown[] = [sensor.info, sensor.channels];
      for (let count = 0; count < 5; count += 1) readings.push({ ...(await sensor.read()) });
      return readings;
    },
  };
}

function displayBoard(name: string, address: string) {
  return {
    name,
    file: (component: (name: string) => string): BoardFile => ({
      devices: { it: wired(component(name), address) },
      simulate: [{ i2c: "sim", address, model: name }],
    }),
    use: async (board: OpenBoard) => {
      const display = await board.textDisplay("it");
      await display.write(0, 0, "21.5");
      await display.clear();
      return [display.size, display.capabilities];
    },
  };
}

/** A disk of which blocks are written and read. */
const diskBoard = {
  name: "mass-storage",
  file: (component: (name: string) => string): BoardFile => ({
    devices: { it: { driver: component("mass-storage"), usb: { class: "0x08" } } },
    simulate: [{ usb: "1-1", model: "disk" }],
  }),
  use: async (board: OpenBoard) => {
    const disk = await board.blockDevice("it");
    const info = await disk.info();
    await disk.write(3, new Uint8Array(2 * info.blockSize).fill(0xa5));
    return [info, await disk.read(2, 4)];
  },
};

/** A serial adapter that gives back what it gets. */
const serialBoard = {
  name: "cdc-acm",
  file: (component: (name: string) => string): BoardFile => ({
    devices: { it: { driver: component("cdc-acm"), usb: { class: "0x02" } } },
    simulate: [{ usb: "1-1", model: "cdc-acm" }],
  }),
  use: async (board: OpenBoard) => {
    const port = await board.serialPort("it");
    await port.setLineSettings({ ...(await port.lineSettings()), baudRate: 115_200 });
    await port.write(new TextEncoder().encode("hello"));
    let echo = "";
    while (echo.length < "hello".length) echo += new TextDecoder().decode(await port.read());
    return [await port.lineSettings(), echo];
  },
};

/** The weather station with a sensor and a display, until it has printed five lines. */
const stationBoard = {
  name: "weather-station",
  file: (component: (name: string) => string): BoardFile => ({
    devices: {
      indoor: wired(component("bme280"), "0x76"),
      panel: wired(component("hd44780"), "0x27"),
    },
    simulate: [
      {
        i2c: "sim",
        address: "0x76",
        model: "bme280",
        temperature: { mean: 22, swing: 2, periodSeconds: 20 },
      },
      { i2c: "sim", address: "0x27", model: "hd44780" },
    ],
    apps: { station: { component: component("weather-station"), uses: ["indoor", "panel"] } },
  }),
  use: async (board: OpenBoard, done: () => void) => {
    const lines: string[] = [];
    const stop = new AbortController();
    const output = (bytes: Uint8Array) => {
      lines.push(...new TextDecoder().decode(bytes).trimEnd().split("\n"));
      if (lines.length < 5) return;
      done();
      stop.abort(new Error("enough lines"));
    };
    await expect(board.run("station", { output, signal: stop.signal })).rejects.toThrow("enough lines");
    return lines.slice(0, 5);
  },
};

test.each([
  sensorBoard("bme280", "0x76"),
  sensorBoard("bme280", "0x77", { mode: "normal", filter: "4" }),
  sensorBoard("hts221", "0x5f"),
  sensorBoard("sht3x", "0x44"),
  sensorBoard("tmp102", "0x48", { mode: "continuous" }),
  displayBoard("hd44780", "0x27"),
  displayBoard("ht16k33", "0x70"),
  diskBoard,
  serialBoard,
  stationBoard,
])("$name answers and does on its bus what the component does", async ({ file, use }) => {
  using flattened = new FlattenedFiles();
  const [linked, merged] = [
    await see(file(componentOf), use),
    await see(
      file((name) => flattened.flatten(name)),
      use,
      flattenedStore(),
    ),
  ];
  expect(linked.answers.length).toBeGreaterThan(1);
  expect(linked.events.length > 0).toBe(JSON.stringify(file(componentOf)).includes('"i2c"'));
  expect(merged).toEqual(linked);
});
