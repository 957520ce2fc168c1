/** The driver in the workspace's README is one: it builds, and it reads. */

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildPackage } from "@busbar/build";
import { openBoard } from "@busbar/host-node";
import { simulate } from "@busbar/sim";
import { afterAll, expect, test } from "vitest";

const readme = readFileSync(join(import.meta.dirname, "../../../README.md"), "utf8");
const source = /```ts src\/component\.ts\n(\/\/ src\/component\.ts[\s\S]*?)```/.exec(readme)?.[1] ?? "";

/** In this package's folder, because @busbar/guest is installed here. */
const folder = join(import.meta.dirname, "../.cache/lm75a");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the README's driver has 40 lines, builds, and reads 25 °C", async () => {
  expect(
    source
      .trim()
      .split("\n")
      .filter((line) => line !== "").length,
  ).toBeLessThanOrEqual(40);
  mkdirSync(join(folder, "src"), { recursive: true });
  writeFileSync(join(folder, "src/component.ts"), source);
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({
      name: "lm75a",
      version: "1.0.0",
      type: "module",
      busbar: { bus: "i2c", exports: "sensor", entry: "src/component.ts", component: "dist/lm75a.wasm" },
    }),
  );
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../../../../tsconfig.base.json", include: ["src"] }),
  );
  execFileSync("tsc", ["-p", folder], { stdio: "pipe" });
  const { component } = await buildPackage(folder);
  await using board = await openBoard(
    {
      devices: {
        shed: { driver: component, i2c: { bus: "sim", address: "0x48" }, settings: { "fault-queue": 4 } },
      },
      simulate: [{ i2c: "sim", address: "0x48", model: "registers", registers: { "0x00": "1900" } }],
    },
    { simulate },
  );
  await using sensor = await board.sensor("shed");
  expect(sensor.info.model).toBe("LM75A");
  expect(await sensor.read()).toEqual({ temperature: 25 });
});
