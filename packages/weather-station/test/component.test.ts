/** The app and the drivers as components, linked by the host: only the board file says which chips there are. */

import { dirname } from "node:path";
import type { BoardFile, OpenBoard } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { describe, expect, test } from "vitest";

const workspace = dirname(dirname(dirname(import.meta.dirname)));

const sensors = {
  bme280: { address: "0x76", simulated: { temperature: 21.5, pressure: 101_325, humidity: 40 } },
  hts221: { address: "0x5f", simulated: { temperature: 21.5, humidity: 40 } },
  sht3x: { address: "0x44", simulated: { temperature: 21.5, humidity: 40 } },
  tmp102: { address: "0x48", simulated: { temperature: 21.5 } },
};
const displays = { hd44780: { address: "0x27" }, ht16k33: { address: "0x70" } };

type SensorName = keyof typeof sensors;
type DisplayName = keyof typeof displays;

function device(name: SensorName | DisplayName) {
  const { address } = { ...sensors, ...displays }[name];
  return { driver: `./packages/${name}/dist/${name}.wasm`, i2c: { bus: "sim", address } };
}

function boardFile(sensor: SensorName, display: DisplayName): BoardFile {
  return {
    devices: { indoor: device(sensor), panel: device(display) },
    simulate: [
      { i2c: "sim", address: sensors[sensor].address, model: sensor, ...sensors[sensor].simulated },
      { i2c: "sim", address: displays[display].address, model: display },
    ],
    apps: {
      station: {
        component: "./packages/weather-station/dist/weather-station.wasm",
        uses: ["indoor", "panel"],
      },
    },
  };
}

/** Runs the station until it has printed so many lines. */
async function printed(
  file: BoardFile,
  count: number,
  onLine?: (board: OpenBoard, line: number) => void,
): Promise<string[]> {
  const lines: string[] = [];
  const stop = new AbortController();
  await using board = await openBoard(file, { simulate, clock: new VirtualClock(), folder: workspace });
  const output = (bytes: Uint8Array) => {
    lines.push(new TextDecoder().decode(bytes).trimEnd());
    onLine?.(board, lines.length);
    if (lines.length === count) stop.abort(new Error("enough lines"));
  };
  await expect(board.run("station", { output, signal: stop.signal })).rejects.toThrow("enough lines");
  return lines;
}

describe("the weather station", () => {
  for (const sensor of Object.keys(sensors) as SensorName[]) {
    for (const display of Object.keys(displays) as DisplayName[]) {
      test(`runs with ${sensor} and ${display}`, async () => {
        const lines = await printed(boardFile(sensor, display), 3);
        for (const [index, line] of lines.entries()) {
          expect(line).toMatch(new RegExp(`(^|, )${index + 1}: .*temperature 21\\.[456] C`));
        }
      });
    }
  }

  test("goes on with its count while its sensor's driver is replaced", async () => {
    const file = boardFile("bme280", "hd44780");
    file.simulate?.push({
      i2c: "sim",
      address: sensors.tmp102.address,
      model: "tmp102",
      temperature: 30,
    });
    const lines = await printed(file, 6, (board, line) => {
      if (line === 3) void board.replace("indoor", device("tmp102"));
    });
    expect(lines).toEqual([
      expect.stringMatching(/^1: temperature 21\.5 C, pressure/),
      expect.stringMatching(/^2: temperature 21\.5 C, pressure/),
      expect.stringMatching(/^3: temperature 21\.5 C, pressure/),
      "indoor: its entry of the board was replaced",
      "4: temperature 30.0 C",
      "5: temperature 30.0 C",
    ]);
  });
});
