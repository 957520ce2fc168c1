import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A driver package in a temporary folder, removed with `await using`. */
export interface TemporaryDriver extends AsyncDisposable {
  readonly folder: string;
}

/** The manifest that a driver of these tests has unless it says otherwise. */
export const manifest = {
  world: "i2c-sensor-driver",
  entry: "src/component.ts",
  component: "dist/probe.wasm",
};

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
