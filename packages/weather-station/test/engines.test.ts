/** The same app on the other engine: it prints every line that it prints on QuickJS. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildPackage } from "@busbar/build";
import type { BoardFile } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { afterAll, beforeAll, expect, test } from "vitest";

const packageFolder = join(import.meta.dirname, "..");
const built = mkdtempSync(join(tmpdir(), "busbar-weather-station-"));

beforeAll(async () => {
  await buildPackage(packageFolder, { engine: "starlingmonkey", outFolder: built });
}, 240_000);
afterAll(() => rmSync(built, { recursive: true }));

function boardWith(component: string): BoardFile {
  const wired = (name: string, address: string) => ({
    driver: `./${name}/dist/${name}.wasm`,
    i2c: { bus: "sim", address },
  });
  const temperature = { mean: 20, swing: 5, periodSeconds: 7 };
  return {
    devices: { indoor: wired("bme280", "0x76"), panel: wired("hd44780", "0x27") },
    simulate: [
      { i2c: "sim", address: "0x76", model: "bme280", temperature },
      { i2c: "sim", address: "0x27", model: "hd44780" },
    ],
    apps: { station: { component, uses: ["indoor", "panel"] } },
  };
}

/** The first five lines. */
async function printed(component: string): Promise<string[]> {
  const lines: string[] = [];
  const stop = new AbortController();
  await using board = await openBoard(boardWith(component), {
    simulate,
    clock: new VirtualClock(),
    folder: dirname(packageFolder),
  });
  const output = (bytes: Uint8Array) => {
    lines.push(new TextDecoder().decode(bytes).trimEnd());
    if (lines.length === 5) stop.abort(new Error("enough lines"));
  };
  await expect(board.run("station", { output, signal: stop.signal })).rejects.toThrow("enough lines");
  return lines;
}

test("StarlingMonkey reads, shows and prints the same", { timeout: 120_000 }, async () => {
  const lines = await printed(join(built, "weather-station.wasm"));
  expect(new Set(lines).size).toBe(5);
  expect(lines[0]).toMatch(/^1: temperature \d+\.\d C, pressure \d+ hPa, humidity \d+ %$/);
  expect(lines).toEqual(await printed(join(packageFolder, "dist/weather-station.wasm")));
});
