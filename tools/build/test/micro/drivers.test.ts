/// <reference lib="dom" />

/**
 * The workspace's I2C drivers on MicroQuickJS: on the same simulated chip they do on the bus what they do on QuickJS, to the byte,
 * and answer alike.
 */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BoardEvent } from "@busbar/host";
import { planComponent } from "@busbar/host/component";
import { openBoard } from "@busbar/host-node";
import { SimulatedI2cBus, simulate, VirtualClock } from "@busbar/sim";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Bme280, rawSource } from "../../../../packages/bme280/src/model.ts";
import { buildPackage } from "../../src/build.ts";
import { flattenComponent } from "../../src/flatten/flatten.ts";
import { interfaceOf } from "../../src/world.ts";
import { readSensor } from "../flatten/sensor-host.ts";
import { componentOf } from "../flatten/workspace.ts";
import { hasEngine } from "./engine.ts";

const packages = join(import.meta.dirname, "../../../../packages");
const built = mkdtempSync(join(tmpdir(), "busbar-micro-"));
const microOf = (name: string) => join(built, `${name}.wasm`);

const drivers = {
  bme280: { kind: "sensor", address: "0x76", settings: { mode: "normal", filter: 4 } },
  sht3x: { kind: "sensor", address: "0x44", settings: {} },
  tmp102: { kind: "sensor", address: "0x48", settings: { "alert-high": 90 } },
  hts221: { kind: "sensor", address: "0x5f", settings: {} },
  hd44780: { kind: "text display", address: "0x27", settings: { size: "20x4" } },
  ht16k33: { kind: "text display", address: "0x70", settings: {} },
} as const;

const names = Object.keys(drivers) as (keyof typeof drivers)[];

/** What a driver does with a chip: the events of the board, and its answers. */
async function played(name: keyof typeof drivers, component: string) {
  const { kind, address, settings } = drivers[name];
  const events: BoardEvent[] = [];
  const entry = { driver: component, i2c: { bus: "sim", address }, settings };
  const answers: unknown[] = [];
  {
    // Closing it is a part of what is compared.
    await using board = await openBoard(
      { devices: { it: entry }, simulate: [{ i2c: "sim", address, model: name }] },
      { clock: new VirtualClock(), simulate, onEvent: (event) => events.push(event) },
    );
    if (kind === "sensor") {
      const sensor = await board.sensor("it");
      answers.push(sensor.info, sensor.channels);
      for (let count = 0; count < 3; count += 1) answers.push(await sensor.read());
    } else {
      const display = await board.textDisplay("it");
      answers.push(display.info, display.size);
      await display.write(0, 0, "12.5");
      answers.push(await display.write(9, 9, "beyond").catch(({ message }: Error) => message));
      await display.clear();
    }
  }
  const transactions = events.flatMap((event) => (event.kind === "i2c" ? [event.operations] : []));
  return { transactions, answers };
}

describe.skipIf(!hasEngine)("on MicroQuickJS", () => {
  beforeAll(async () => {
    for (const name of names) await buildPackage(join(packages, name), { engine: "micro", outFolder: built });
  }, 180_000);
  afterAll(() => rmSync(built, { recursive: true, force: true }));

  test.each(names)("%s does what it does on QuickJS", async (name) => {
    const expected = await played(name, componentOf(name));
    expect(expected.transactions.length).toBeGreaterThan(3);
    expect(await played(name, microOf(name))).toEqual(expected);
  });

  test.each(names)("%s imports and exports what it does on QuickJS", (name) => {
    const [micro, quickJs] = [microOf(name), componentOf(name)].map((path) =>
      interfaceOf(readFileSync(path)),
    );
    expect(micro!.exports).toEqual(quickJs!.exports);
    expect(micro!.imports.toSorted()).toEqual(quickJs!.imports.toSorted());
  });

  test.each(names)("%s has the engine and its memory in less than 128 KiB, and 250 KB", (name) => {
    const flattened = flattenComponent({ name, bytes: readFileSync(microOf(name)) });
    const { memory } = new WebAssembly.Instance(new WebAssembly.Module(flattened), trapsFor(flattened))
      .exports as { memory: WebAssembly.Memory };
    expect(memory.buffer.byteLength).toBeLessThanOrEqual(128 << 10);
    expect(flattened.length).toBeLessThan(250_000);
  });

  test("is the same module, whatever the driver, but for the size of its memory", () => {
    const modules = names.map((name) => planComponent(readFileSync(microOf(name))).modules[0]!);
    for (const each of modules.slice(1)) expect(Buffer.compare(each, modules[0]!)).toBe(0);
  });

  test("is built to the same bytes each time", async () => {
    const again = mkdtempSync(join(tmpdir(), "busbar-micro-"));
    await buildPackage(join(packages, "tmp102"), { engine: "micro", outFolder: again });
    expect(readFileSync(join(again, "tmp102.wasm"))).toEqual(readFileSync(microOf("tmp102")));
    rmSync(again, { recursive: true });
  });

  test("the flattened BME280 reads the data sheet's worked example", () => {
    const clock = new VirtualClock();
    // Calibration 4.2.2 and 8.1, adc_T 519888, adc_P 415148, and a humidity.
    const calibration = {
      from88: Buffer.from("706b436718fc7d8e43d6d00b270b8c00f9ff8c3cf8c67017004b", "hex"),
      fromE1: Buffer.from("6301001524031e", "hex"),
    };
    const source = rawSource({ temperature: 519_888, pressure: 415_148, humidity: 28_437 });
    const model = new Bme280({ chip: "bme280", calibration, source }, clock);
    const channels = readSensor(
      flattenComponent({ name: "bme280", bytes: readFileSync(microOf("bme280")) }),
      {
        bus: new SimulatedI2cBus([[0x76, model]]),
        address: 0x76,
        settings: { "temperature-oversampling": "16", "pressure-oversampling": "16" },
        delay: (ns) => clock.advance(ns / 1e6),
      },
    );
    expect(channels[0]!.value.toFixed(4)).toBe("25.0825");
    expect(channels[1]!.value.toFixed(3)).toBe("100653.258");
  });
});

/** Imports of the right kind for a module that is instantiated and not called. */
function trapsFor(module: Uint8Array<ArrayBuffer>): WebAssembly.Imports {
  const imports: Record<string, Record<string, () => void>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(new WebAssembly.Module(module))) {
    imports[from] ??= {};
    imports[from][name] = () => undefined;
  }
  return imports;
}
