/** The component beside the models that it is made of: the same answers to the same transactions, at the same times. */

import { readFileSync } from "node:fs";
import type { SimulateEntry } from "@busbar/host";
import { ComponentArtifact, type I2cOperation, Pace } from "@busbar/host/backend";
import { simulate } from "@busbar/sim";
import { beforeAll, describe, expect, test } from "vitest";
import verdicts from "../../../host/verdicts/registers.json" with { type: "json" };
import { i2cModels } from "../generated/models.ts";

/** busbar:model/i2c-targets, as the linker gives it. */
interface I2cTargets {
  models(): Promise<string[]>;
  create(model: string, parameters: string): Promise<Target>;
}
interface Target {
  transaction(operations: readonly { readonly tag: string; readonly val: unknown }[]): Promise<Uint8Array[]>;
  picture(): Promise<string | undefined>;
}

const ADDRESS = 0x50;
let nowMs = 0;
const clock = { now: () => nowMs, sleep: async () => undefined, turn: async () => undefined };
let targets: I2cTargets;

beforeAll(async () => {
  const bytes = readFileSync(new URL("../dist/models.wasm", import.meta.url));
  const artifact = await ComponentArtifact.load("models.wasm", bytes);
  const { exports } = await artifact.start({
    imports: { "busbar:model/clock": { nowMs: () => nowMs } },
    memoryMiB: 64,
    waits: () => false,
    check: () => undefined,
    now: () => 0,
    pace: new Pace(() => new Promise((resolve) => setImmediate(resolve))),
  });
  targets = exports["busbar:model/i2c-targets@0.1.0"] as unknown as I2cTargets;
});

/** What a target answers: bytes, or the WIT value of the error. */
async function ask(target: Target, operations: readonly I2cOperation[]): Promise<unknown> {
  const written = operations.map((each) =>
    each.kind === "read" ? { tag: "read", val: each.length } : { tag: "write", val: each.data },
  );
  try {
    return (await target.transaction(written)).map((bytes) => [...bytes]);
  } catch (error) {
    return (error as { payload: unknown }).payload;
  }
}

/** The same of the model itself, and what a person would see of it. */
function inThisProcess(entry: SimulateEntry) {
  const simulation = simulate([entry], clock, i2cModels);
  const bus = simulation.openI2c("sim")!;
  return {
    ask: (operations: readonly I2cOperation[]): unknown => {
      try {
        return bus.transaction(ADDRESS, operations).map((bytes) => [...bytes]);
      } catch (error) {
        return (error as { payload: unknown }).payload;
      }
    },
    picture: () => simulation.pictures()[0]?.picture,
  };
}

const read = (length: number): I2cOperation => ({ kind: "read", length });
const write = (...data: number[]): I2cOperation => ({ kind: "write", data: Uint8Array.from(data) });

describe("the models as a component", () => {
  test("are those of the simulator", async () => {
    expect(await targets.models()).toEqual([...i2cModels.keys()]);
  });

  test.each([
    ["bme280", { temperature: { mean: 20, swing: 5, periodSeconds: 7 }, pressure: 99_000, humidity: 40 }],
    ["hd44780", { size: "16x2" }],
    ["ht16k33", {}],
    ["hts221", { temperature: 21, humidity: 55 }],
    ["sht3x", { temperature: 21, humidity: 55 }],
    ["tmp102", { temperature: -12.5 }],
    ["registers", { registers: { "0x10": "0123" }, faults: [{ fault: "short", every: 3 }] }],
  ])("%s answers as the model in this process does", async (model, parameters) => {
    nowMs = 1_000;
    const target = await targets.create(model, JSON.stringify(parameters));
    const same = inThisProcess({ i2c: "sim", address: ADDRESS, model, ...parameters });
    const asked = [
      [write(0xd0), read(1)],
      [write(0x10), read(2)],
      [write(0xf4, 0x25)],
      [write(0x24, 0x00)],
      [read(6)],
      [write(0xf7), read(8)],
      [write(0xa0, 0x81)],
      [write(0x20, 0x85)],
      [write(0x21, 0x01)],
      [write(0xa8), read(5)],
    ];
    let answered = 0;
    for (const operations of [...asked, ...asked]) {
      nowMs += 17;
      const answer = await ask(target, operations);
      expect(answer).toEqual(same.ask(operations));
      if (Array.isArray(answer)) answered += 1;
    }
    expect(answered).toBeGreaterThan(3);
    expect(await target.picture()).toBe(same.picture());
  });

  // What is wrong with an address, or with two of them, is the bus's to say.
  const aboutParameters = verdicts.refused.filter(
    ({ simulate: entries, message }) => entries.length === 1 && !message.includes("address"),
  );

  test.each(aboutParameters)("refuses $name", async ({ simulate: [entry], message }) => {
    const { i2c: _, address: __, model, ...parameters } = entry as Record<string, unknown>;
    const created = targets.create(String(model), JSON.stringify(parameters));
    await expect(created).rejects.toMatchObject({ payload: message.replace(/^simulate\[0\] \(.*?\): /, "") });
  });

  test("says which models there are", async () => {
    const sentence = /^There is no such model; choose one of bme280, /;
    await expect(targets.create("bmp999", "{}")).rejects.toMatchObject({
      payload: expect.stringMatching(sentence),
    });
  });
});
