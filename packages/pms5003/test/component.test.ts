/** The built driver in the host, on the model: simulated, and behind a pseudo terminal of the kernel. */

import { join } from "node:path";
import { PtyPart } from "@busbar/contract";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";
import model from "../src/model.ts";

const component = join(import.meta.dirname, "../dist/pms5003.wasm");

function board(uart: object = {}, settings: Record<string, string | boolean> = {}) {
  return openBoard(
    {
      devices: { dust: { driver: component, uart: { port: "sim", ...uart }, settings } },
      simulate: [{ uart: "sim", model: "pms5003", pm25: 42 }],
    },
    { clock: new VirtualClock(), simulate, uart: [], folder: join(import.meta.dirname, "..") },
  );
}

test("measures by a port that may only be read, where it is active", async () => {
  await using opened = await board({ direction: "read" });
  await using dust = await opened.sensor("dust");
  expect(await dust.read()).toEqual({ pm1: 5, "pm2.5": 42, pm10: 9 });
});

test("to ask it the port has to be granted for writing, and the error says so", async () => {
  await using opened = await board({ direction: "read" }, { mode: "passive" });
  await expect(opened.sensor("dust")).rejects.toMatchObject({
    ...{ code: "access-denied", message: expect.stringContaining('a write is not granted, only "read" is') },
  });
});

test("is asked, and sleeps between", async () => {
  await using opened = await board({}, { mode: "passive", sleep: true });
  const dust = await opened.sensor("dust");
  await expect(dust.read()).rejects.toMatchObject({ code: "timeout" });
  await dust[Symbol.asyncDispose]();
});

test.runIf(process.platform === "linux").each(["active", "passive"])(
  "%s, through the kernel's line discipline",
  async (mode) => {
    using line = new PtyPart((clock) => model.create({ pm25: 255, intervalMs: 200 }, clock));
    const uart = { port: line.port };
    await using opened = await openBoard({
      devices: { dust: { driver: component, uart, settings: { mode } } },
    });
    await using dust = await opened.sensor("dust");
    for (let count = 0; count < 3; count += 1) expect(await dust.read()).toMatchObject({ "pm2.5": 255 });
  },
);
