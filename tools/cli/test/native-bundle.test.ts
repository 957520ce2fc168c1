/** `busbar bundle --native`: the same bundle runs on Node and, without any of its components, on the native host. */

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { busbar, folderOf, slow, workspace } from "./support/busbar.ts";

const built = join(workspace, "host/wasmtime/target/debug");
const native = join(built, "busbar-wasmtime");
const isBuilt = existsSync(native) && existsSync(join(built, "busbar-wasmtime-compile"));

const board = {
  devices: { indoor: { driver: "./bme280.wasm", i2c: { bus: "sim", address: "0x76" } } },
  simulate: [
    {
      i2c: "sim",
      address: "0x76",
      model: "registers",
      registers: {
        "0x88": "706b 4367 18fc 7d8e 43d6 d00b 270b 8c00 f9ff 8c3c f8c6 7017 00 4b",
        "0xd0": "60",
        "0xe1": "6f01 00 13 1d 03 1e",
        "0xf7": "655a c07e ed00 6c00",
      },
    },
  ],
};

function boardFolder() {
  const folder = folderOf({ "board.json": board });
  cpSync(join(workspace, "packages/bme280/dist/bme280.wasm"), join(folder.path, "bme280.wasm"));
  return folder;
}

test("without the compiler, a sentence says what is missing", { timeout: slow }, async () => {
  using folder = boardFolder();
  const { code, stderr } = await busbar(["bundle", "board.json", "--out", "made", "--native"], {
    cwd: folder.path,
    env: { PATH: "/nowhere" },
  });
  expect(code).toBe(6);
  expect(stderr).toBe(
    "busbar: busbar-wasmtime-compile, which makes the code for --native, is not installed here; build it with " +
      '"cargo build --release" in host/wasmtime and put it into PATH, or leave --native out.\n',
  );
  expect(readdirSync(folder.path).sort()).toEqual(["bme280.wasm", "board.json"]);
});

describe.runIf(isBuilt)("with the compiler of host/wasmtime", () => {
  test("it runs on both hosts", { timeout: 3 * slow }, async () => {
    using folder = boardFolder();
    const made = await busbar(["bundle", "board.json", "--out", "made", "--native", "--json"], {
      cwd: folder.path,
      env: { PATH: built },
    });
    expect(made.stderr).toBe("");
    const { lock } = JSON.parse(made.stdout) as { lock: string };
    const ofNode = await busbar(["read", "made", "--json", "--lock", lock], { cwd: folder.path });
    for (const gone of ["components", "prepared", "node_modules"]) {
      rmSync(join(folder.path, "made", gone), { recursive: true });
    }
    const ofNative = spawnSync(native, ["read", "made", "--json", "--lock", lock], {
      cwd: folder.path,
      env: { XDG_CACHE_HOME: join(folder.path, "cache") },
      encoding: "utf8",
    });
    expect(ofNative.stderr).toBe("");
    const readings = (text: string) =>
      (JSON.parse(text) as { readings: { values: unknown }[] }).readings.map(({ values }) => values);
    expect(readings(ofNative.stdout)).toEqual(readings(ofNode.stdout));
    expect(readings(ofNative.stdout)).toHaveLength(1);
    expect(readFileSync(join(folder.path, "made/bundle.lock.json"), "utf8")).toContain('"native"');
  });
});
