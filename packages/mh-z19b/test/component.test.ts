/** The built driver in the host, on the model: simulated, and behind a pseudo terminal of the kernel. */

import { join } from "node:path";
import { PtyPart } from "@busbar/contract";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";
import model from "../src/model.ts";

const component = join(import.meta.dirname, "../dist/mh-z19b.wasm");

function board(parameters: object = {}, settings: Record<string, number | string> = {}, uart: object = {}) {
  return openBoard(
    {
      devices: { air: { driver: component, uart: { port: "sim", ...uart }, settings } },
      simulate: [{ uart: "sim", model: "mh-z19b", ...parameters }],
    },
    { clock: new VirtualClock(), simulate, uart: [], folder: join(import.meta.dirname, "..") },
  );
}

test("measures what is in the air, at 9600 baud", async () => {
  await using opened = await board({ co2: { mean: 1000, swing: 400, periodSeconds: 60 } });
  await using air = await opened.sensor("air");
  const first = (await air.read()).co2!;
  expect(first).toBeGreaterThanOrEqual(600);
  expect(first).toBeLessThanOrEqual(1400);
});

test("at another speed nothing is understood, and the line says so", async () => {
  await using opened = await board({}, {}, { baudRate: 4800 });
  await expect(opened.sensor("air")).rejects.toMatchObject({ code: "timeout" });
});

test("an adapter that is pulled out in the middle is waited for", async () => {
  await using opened = await board({ co2: 700, faults: [{ fault: "disconnected", call: 5 }] });
  await using air = await opened.sensor("air");
  await expect(air.read()).rejects.toMatchObject({ code: "disconnected" });
  await using again = await opened.sensor("air");
  expect((await again.read()).co2).toBe(700);
});

test.runIf(process.platform === "linux")("through the kernel's line discipline", async () => {
  using line = new PtyPart((clock) => model.create({ co2: 4711 }, clock));
  await using opened = await openBoard({
    devices: { air: { driver: component, uart: { port: line.port } } },
  });
  await using air = await opened.sensor("air");
  for (let count = 0; count < 5; count += 1) expect(await air.read()).toEqual({ co2: 4711 });
});
