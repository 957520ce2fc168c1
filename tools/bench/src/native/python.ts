import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Command } from "./processes.ts";

/** What a user of Python would take for a BME280. */
export const pythonLibrary = "RPi.bme280 0.2.4";

const script = join(import.meta.dirname, "../../python/read_bme280.py");

/**
 * Installs the library from PyPI in a folder.
 *
 * @returns what runs python/read_bme280.py; undefined where there is no Python
 */
export function pythonCommands(folder: string): ((what: string, board: string) => Command) | undefined {
  if (spawnSync("python3", ["--version"]).status !== 0) return undefined;
  const environment = join(folder, "python");
  execFileSync("python3", ["-m", "venv", environment]);
  const program = join(environment, "bin/python");
  const wanted = pythonLibrary.replace(" ", "==");
  execFileSync(program, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", wanted]);
  return (what, board) => ({ program, parameters: [script, what, board], env: process.env });
}
