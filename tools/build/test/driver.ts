import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { DriverWorld } from "../src/driver-world.ts";

/** A driver package in a temporary folder, removed with `await using`. */
export interface TemporaryDriver extends AsyncDisposable {
  readonly folder: string;
}

/** What is built of a package of these tests. */
const files = { entry: "src/component.ts", component: "dist/probe.wasm" };

/** What a driver of these tests is. */
export const sensorDriver: DriverWorld = { bus: "i2c", exports: "sensor" };

/** The manifest that a driver of these tests has unless it says otherwise. */
export const manifest = { ...sensorDriver, ...files };

/** The manifest of a package with a world of its own. */
export function manifestOf(world: string) {
  return { world, ...files };
}

/**
 * Writes a driver package.
 *
 * @param files by path; "package.json" may be left out
 */
export async function temporaryDriver(files: Readonly<Record<string, string>>): Promise<TemporaryDriver> {
  const folder = await mkdtemp(join(tmpdir(), "busbar-driver-"));
  const all = {
    "package.json": JSON.stringify({ name: "probe", version: "1.0.0", type: "module", busbar: manifest }),
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
