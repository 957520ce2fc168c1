import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { createInterface } from "node:readline";
import { beforeAll, describe, expect, test } from "vitest";
import { ended, folderOf, simulatedRegisters, slow, start } from "../support/busbar.ts";
import { appSource, buildGuest, sensorDriver, sensorSource } from "../support/guests.ts";

let sensor: Uint8Array;
let printsForEver: Uint8Array;

beforeAll(async () => {
  const texts = { vendor: "V", model: "M", label: "t" };
  sensor = await buildGuest(sensorDriver, sensorSource(texts, "return [20];"));
  printsForEver = await buildGuest("app", appSource('for (;;) print("x".repeat(4000) + "\\n");'));
}, slow);

function boards() {
  const healthy = { driver: "./sensor.wasm", i2c: { bus: "sim", address: "0x76" } };
  const simulate = [simulatedRegisters("0x76")];
  const noBus = { driver: "./sensor.wasm", i2c: { bus: "attic", address: "0x76" } };
  return folderOf({
    "sensor.wasm": sensor,
    "app.wasm": printsForEver,
    "board.json": { devices: { healthy }, simulate },
    "failing.json": { devices: { healthy, "no-bus": noBus }, simulate },
    "app.json": {
      devices: { healthy },
      simulate,
      apps: { loud: { component: "./app.wasm", uses: ["healthy"] } },
    },
  });
}

describe("an output that takes nothing", { timeout: slow }, () => {
  test.runIf(existsSync("/dev/full"))("a full disk stops no reading, and is told once", async () => {
    using folder = boards();
    const full = openSync("/dev/full", "w");
    const args = ["watch", "board.json", "--times", "20", "--every", "1", "--json"];
    const child = start(args, { cwd: folder.path, stdout: full });
    closeSync(full);
    const { code, stderr } = await ended(child);
    expect(stderr).toMatch(/^{"type":"lost","time":"[^"]+","reason":"ENOSPC"}\n$/);
    expect(code).toBe(6);
  });

  test("an app whose reader goes away ends quietly", async () => {
    using folder = boards();
    const child = start(["run", "app.json"], { cwd: folder.path });
    await once(child.stdout!, "readable");
    child.stdout!.destroy();
    expect(await ended(child)).toMatchObject({ code: 0, stderr: "" });
  });

  test("errors that nobody takes stop no reading", async () => {
    using folder = boards();
    const child = start(["run", "failing.json", "--every", "100"], { cwd: folder.path });
    child.stderr!.destroy();
    let readings = 0;
    // The device without a bus fails at once, and again after one second.
    for await (const _ of createInterface({ input: child.stdout! })) {
      readings += 1;
      if (readings === 20) child.kill("SIGTERM");
    }
    expect(readings).toBeGreaterThanOrEqual(20);
    if (child.exitCode === null) await once(child, "exit");
    expect(child.exitCode).toBe(6);
  });
});
