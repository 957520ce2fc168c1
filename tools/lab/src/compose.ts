/**
 * Composes apps with their drivers, for the tests of apps that drive devices themselves: into dist/composed, on the machine that
 * builds, because none of it has to be done in the virtual machine.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { componentize, composeComponents } from "@busbar/build";

const packages = join(import.meta.dirname, "../../../packages");
const folder = join(import.meta.dirname, "composed");

/** A component of the workspace. */
async function part(name: string) {
  return { name, bytes: new Uint8Array(await readFile(join(packages, name, "dist", `${name}.wasm`))) };
}

/** An app that prints what three bytes are that it sends to a loopback. */
async function echoApp() {
  const app = join(packages, "usb-echo/test/fixtures/app");
  const entry = join(app, "src/app.js");
  const { component } = await componentize({ folder: app, entry, world: "echo-app", engine: "quickjs" });
  return { name: "echo", bytes: component };
}

const composed = {
  station: await composeComponents(await part("weather-station"), [
    await part("bme280"),
    await part("hd44780"),
  ]),
  files: await composeComponents(await part("usb-files"), [await part("mass-storage")]),
  echo: await composeComponents(await echoApp(), [await part("usb-echo")]),
};

await mkdir(folder, { recursive: true });
for (const [name, bytes] of Object.entries(composed)) await writeFile(join(folder, `${name}.wasm`), bytes);
