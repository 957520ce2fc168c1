/** The built driver under an app component, linked by the host. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { componentize } from "@busbar/build";
import { openBoard } from "@busbar/host-node";
import { SimulatedUsb, VirtualClock } from "@busbar/sim";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CdcAcmEcho } from "../src/model.ts";

const packageFolder = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "busbar-serial-app-"));
const app = join(folder, "app.wasm");

beforeAll(async () => {
  const { component } = await componentize({
    folder: packageFolder,
    entry: join(import.meta.dirname, "app/echo-app.ts"),
    world: "serial-port-app",
    engine: "quickjs",
  });
  writeFileSync(app, component);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

test("an app sends and receives by the port's name in the board file", async () => {
  const clock = new VirtualClock();
  const usb = new SimulatedUsb(clock);
  usb.plug("1-1", new CdcAcmEcho(), { kernelInterfaces: [0, 1] });
  const driver = join(packageFolder, "dist/cdc-acm.wasm");
  await using board = await openBoard(
    {
      devices: { console: { driver, usb: { vendorId: "0x1209", interfaces: [0, 1] } } },
      apps: { echo: { component: app, uses: ["console"] } },
    },
    {
      clock,
      usb: [usb],
      i2c: [],
    },
  );
  const output: Uint8Array[] = [];
  await board.run("echo", { output: (bytes) => void output.push(bytes) });
  const lines = Buffer.concat(output).toString().trimEnd().split("\n");
  expect(lines.slice(1)).toEqual(["3000000000 none", "carrier true", "16384 true", "0"]);
  expect(lines[0]).toMatch(/^4617 /);
});
