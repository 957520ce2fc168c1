/** The built driver in the host, on the model: simulated, and behind a pseudo terminal of the kernel. */

import { join } from "node:path";
import { PtyPart } from "@busbar/contract";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";
import model from "../src/model.ts";

const component = join(import.meta.dirname, "../dist/nmea-gps.wasm");

function board(parameters: object = {}, uart: object = {}, settings: Record<string, number | boolean> = {}) {
  return openBoard(
    {
      devices: { boat: { driver: component, uart: { port: "sim", direction: "read", ...uart }, settings } },
      simulate: [{ uart: "sim", model: "nmea-gps", ...parameters }],
    },
    { clock: new VirtualClock(), simulate, uart: [], folder: join(import.meta.dirname, "..") },
  );
}

test("is where the receiver is, by a port that may only be read", async () => {
  await using opened = await board({ latitude: 54.5, longitude: -3.25, speed: 5 });
  await using boat = await opened.sensor("boat");
  expect(boat.channels.map(({ quantity }) => quantity)).toEqual([
    "latitude",
    "longitude",
    "distance",
    "speed",
  ]);
  const { latitude, longitude, speed } = await boat.read();
  expect([latitude!.toFixed(6), longitude!.toFixed(6), speed!.toFixed(2)]).toEqual([
    "54.500000",
    "-3.250000",
    "5.00",
  ]);
});

test("has no reading before the first fix, and one after it", async () => {
  await using opened = await board({ fixAfterMs: 5000 });
  await using boat = await opened.sensor("boat");
  await expect(boat.read()).rejects.toMatchObject({
    code: "timeout",
    message: expect.stringContaining("no fix"),
  });
  for (let count = 0; count < 4; count += 1) await boat.read().catch(() => undefined);
  expect((await boat.read()).latitude).toBeCloseTo(48.1173, 5);
});

test("at the wrong speed the line's errors are told", async () => {
  await using opened = await board({ baudRate: 38_400 });
  await expect(opened.sensor("boat")).rejects.toMatchObject({ code: "bus" });
});

test("at the right one, which is not the usual, and ten times a second", async () => {
  await using opened = await board({ baudRate: 115_200, intervalMs: 100 }, { baudRate: 115_200 });
  await using boat = await opened.sensor("boat");
  for (let count = 0; count < 20; count += 1) await boat.read();
});

test.runIf(process.platform === "linux")("through the kernel's line discipline", async () => {
  using line = new PtyPart((clock) => model.create({ latitude: -33.5, intervalMs: 100 }, clock));
  const uart = { port: line.port, direction: "read" } as const;
  await using opened = await openBoard({ devices: { boat: { driver: component, uart } } });
  await using boat = await opened.sensor("boat");
  for (let count = 0; count < 3; count += 1) expect((await boat.read()).latitude).toBeCloseTo(-33.5, 6);
});
