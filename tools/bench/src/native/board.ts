import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** BST-BME280-DS002-15, appendix A: the calibration and raw values of the worked example, at rest in registers. */
const registers = {
  "0x88": "706b436718fc7d8e43d6d00b270b8c00f9ff8c3cf8c67017004b",
  "0xD0": "60",
  "0xE1": "6301001524031e",
  "0xF7": "655ac07eed006f15",
};

/** What opening a BME280 in normal mode waits for: the start-up time and one measurement, in milliseconds. */
export const chipDelaysMs = 2 + 9.3;

/**
 * Writes a board with so many BME280 in normal mode, whose readings wait for nothing, each on a simulated bus of its own.
 *
 * @returns the file
 */
export function writeBoard(folder: string, component: string, count: number): string {
  const names = Array.from({ length: count }, (_, index) => (index === 0 ? "first" : `sensor-${index}`));
  const i2c = (index: number) => ({ bus: `sim-${index}`, address: "0x76" });
  const settings = { mode: "normal" };
  const board = {
    devices: Object.fromEntries(
      names.map((name, index) => [name, { driver: component, i2c: i2c(index), settings }]),
    ),
    simulate: names.map((_, index) => ({
      i2c: `sim-${index}`,
      address: "0x76",
      model: "registers",
      registers,
    })),
  };
  return writeJson(folder, `board-${count}.json`, board);
}

/** Writes a file. @returns its path */
export function writeJson(folder: string, name: string, content: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}
