/** `busbar bundle --native`: the same bundle runs on Node and, without any of its components, on the native host. */

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  bme280,
  bme280Registers,
  busbar,
  type Ended,
  folderWithModels,
  simulatedRegisters,
  slow,
  workspace,
} from "../support/busbar.ts";

/** Where its compiler is. */
const built = join(workspace, "host/wasmtime/target/debug");

const board = {
  devices: { indoor: { driver: "./bme280.wasm", i2c: { bus: "sim", address: "0x76" } } },
};

const chips = [
  ["plain registers", [simulatedRegisters("0x76", bme280Registers)]],
  [
    "a model of the package that is installed where the board is",
    [{ i2c: "sim", address: "0x76", model: "bme280", temperature: 21.5, pressure: 100_000, humidity: 50 }],
  ],
] as const;

test.each(chips)(
  "a bundle with native code runs on both hosts: %s",
  { timeout: 3 * slow },
  async (_, simulate) => {
    const files = { "board.json": { ...board, simulate }, "bme280.wasm": readFileSync(bme280) };
    using folder = folderWithModels(files);
    const cwd = folder.path;
    const made = await busbar(["bundle", "board.json", "--out", "made", "--native", "--json"], {
      cwd,
      own: true,
      env: { PATH: built },
    });
    expect(made.stderr).toBe("");
    const { lock } = JSON.parse(made.stdout) as { lock: string };
    const parameters = ["read", "made", "--json", "--lock", lock];
    const ofNode = await busbar(parameters, { cwd, own: true });
    for (const gone of ["components", "prepared", "node_modules"]) {
      rmSync(join(cwd, "made", gone), { recursive: true });
    }
    const ofNative = await busbar(parameters, { cwd, env: { XDG_CACHE_HOME: join(cwd, "cache") } });
    expect(ofNative.stderr).toBe("");
    const readings = ({ stdout }: Ended) =>
      (JSON.parse(stdout) as { readings: { values: unknown }[] }).readings.map(({ values }) => values);
    expect(readings(ofNative)).toEqual(readings(ofNode));
    expect(readings(ofNative)).toHaveLength(1);
    expect(readFileSync(join(cwd, "made/bundle.lock.json"), "utf8")).toContain('"native"');
  },
);
