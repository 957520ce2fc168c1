import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage, type DriverWorld } from "@busbar/build";

/**
 * A component of one file of JavaScript.
 *
 * @param world a world of busbar:device or of `wit`, or what a driver is
 * @param wit a package with another world
 */
export async function buildGuest(
  world: string | DriverWorld,
  source: string,
  wit?: string,
): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "busbar-guest-"));
  const busbar = {
    ...(typeof world === "string" ? { world } : world),
    entry: "guest.js",
    component: "guest.wasm",
  };
  try {
    await writeFile(
      join(folder, "package.json"),
      JSON.stringify({ name: "guest", version: "1.0.0", type: "module", busbar }),
    );
    await writeFile(join(folder, "guest.js"), source);
    if (wit !== undefined) {
      await mkdir(join(folder, "wit"));
      await writeFile(join(folder, "wit/world.wit"), wit);
    }
    const { component } = await buildPackage(folder);
    return await readFile(component);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What the drivers of these tests are. */
export const sensorDriver: DriverWorld = { bus: "i2c", exports: "sensor" };

/** A sensor that needs no bus: what it says is written in `texts`, and `read` is its body. */
export function sensorSource(texts: { vendor: string; model: string; label: string }, read: string): string {
  const { vendor, model, label } = texts;
  return `
    class Device {
      info() { return ${JSON.stringify({ vendor, model })}; }
      channels() {
        return [{ quantity: "temperature", label: ${JSON.stringify(label)}, minimum: 0, maximum: 100, resolution: 0.1 }];
      }
      read() { ${read} }
      close() {}
    }
    export const sensor = { Device, open: () => new Device() };
  `;
}

/** An app whose body may call \`print(text)\`, with code units up to 0xff as bytes. */
export function appSource(body: string): string {
  return `
    import { getStdout } from "wasi:cli/stdout@0.2.0";
    const stdout = getStdout;
    function print(text) {
      const bytes = Uint8Array.from(text, (each) => each.charCodeAt(0));
      const stream = stdout();
      for (let at = 0; at < bytes.length; at += 4096) stream.blockingWriteAndFlush(bytes.subarray(at, at + 4096));
    }
    export const run = { run() { ${body} } };
  `;
}
