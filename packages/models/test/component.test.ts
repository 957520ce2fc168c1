/** The component beside the models that it is made of: the same answers to the same transactions, at the same times. */

import { readFileSync } from "node:fs";
import type { SimulateEntry } from "@busbar/host";
import { ComponentArtifact, type I2cOperation, Pace } from "@busbar/host/backend";
import type { UartForm, WireLevel } from "@busbar/model";
import { simulate } from "@busbar/sim";
import { makePart } from "@busbar/sim/models";
import { beforeAll, describe, expect, test } from "vitest";
import verdicts from "../../../host/verdicts/registers.json" with { type: "json" };
import { gpioModels, i2cModels, spiModels, uartModels } from "../generated/models.ts";

/** busbar:model/i2c-targets, as the linker gives it. */
interface I2cTargets {
  models(): Promise<string[]>;
  create(model: string, parameters: string): Promise<Target>;
}
interface Target {
  transaction(operations: readonly { readonly tag: string; readonly val: unknown }[]): Promise<Uint8Array[]>;
  picture(): Promise<string | undefined>;
}

/** busbar:model/spi-targets, likewise. */
interface SpiTargets {
  models(): Promise<string[]>;
  create(model: string, parameters: string): Promise<SpiTarget>;
}
interface SpiTarget {
  transaction(clocking: object, operations: readonly { tag: string; val: unknown }[]): Promise<Uint8Array[]>;
}

/** busbar:model/gpio-parts, likewise. */
interface GpioParts {
  models(): Promise<string[]>;
  create(model: string, lines: readonly string[], parameters: string): Promise<Part>;
}
interface Part {
  level(line: string, atMs: number): Promise<WireLevel | undefined>;
  nextChange(line: string, atMs: number): Promise<number | undefined>;
  driven(line: string, level: WireLevel | undefined, atMs: number): Promise<void>;
  picture(): Promise<string | undefined>;
}

/** busbar:model/uart-parts, likewise. */
interface UartParts {
  models(): Promise<string[]>;
  create(model: string, parameters: string): Promise<UartEnd>;
}
interface UartEnd {
  form(): Promise<UartForm | undefined>;
  nextMs(): Promise<number | undefined>;
  send(): Promise<Uint8Array>;
  receive(byte: number, atMs: number): Promise<void>;
  picture(): Promise<string | undefined>;
}

const ADDRESS = 0x50;
let nowMs = 0;
const clock = { now: () => nowMs, sleep: async () => undefined, turn: async () => undefined };
let targets: I2cTargets;
let spiTargets: SpiTargets;
let gpioParts: GpioParts;
let uartParts: UartParts;

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
  spiTargets = exports["busbar:model/spi-targets@0.1.0"] as unknown as SpiTargets;
  gpioParts = exports["busbar:model/gpio-parts@0.1.0"] as unknown as GpioParts;
  uartParts = exports["busbar:model/uart-parts@0.1.0"] as unknown as UartParts;
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

describe("the models of chips on SPI", () => {
  const clocking = { mode: 3, hz: 1_000_000, lsbFirst: true };
  const operations = [
    { kind: "write", data: Uint8Array.of(0x08, 0x21) },
    { kind: "delay", ns: 500 },
    { kind: "transfer", data: Uint8Array.of(0x0b, 0x00) },
    { kind: "read", length: 3 },
  ] as const;

  test("are those of the simulator", async () => {
    expect(await spiTargets.models()).toEqual([...spiModels.keys()]);
  });

  test.each([
    ["registers", { registers: { "0x10": "0123" } }],
    [
      "spi-loopback",
      {
        faults: [
          { fault: "garbage", transaction: 2 },
          { fault: "mode-fault", transaction: 3 },
        ],
      },
    ],
  ])("%s answers as the model in this process does", async (model, parameters) => {
    const target = await spiTargets.create(model, JSON.stringify(parameters));
    const wiring = {
      device: "x",
      chipSelect: 0,
      mode: 3,
      maximumHz: 1_000_000,
      bitOrder: "lsb-first",
    } as const;
    const entry = { spi: "sim", chipSelect: 0, model, ...parameters };
    const same = simulate([entry], clock, spiModels).openSpi("sim", wiring)!;
    const written = operations.map((each) => {
      if (each.kind === "read") return { tag: "read", val: each.length };
      return each.kind === "delay" ? { tag: "delay-ns", val: each.ns } : { tag: each.kind, val: each.data };
    });
    const answers: unknown[] = [];
    for (let round = 0; round < 4; round += 1) {
      const answer = await target.transaction(clocking, written).catch(({ payload }) => payload);
      let expected: unknown;
      try {
        expected = same.transaction(operations);
      } catch (error) {
        const { message, payload } = error as { message: string; payload: { tag: string } };
        expected = { code: payload.tag, message };
      }
      expect(answer).toEqual(expected);
      answers.push(answer);
    }
    expect(answers.filter(Array.isArray).length).toBeGreaterThan(2);
  });

  test("refuse what is no parameter, and say which there are", async () => {
    await expect(spiTargets.create("spi-loopback", '{"id":1}')).rejects.toMatchObject({
      payload: '"id" is no parameter of this model; remove it, or correct its spelling.',
    });
    await expect(spiTargets.create("max9999", "{}")).rejects.toMatchObject({
      payload: expect.stringMatching(/^There is no such model; choose one of .*spi-loopback/),
    });
  });
});

describe("the models of parts on GPIO lines", () => {
  test("are those of the simulator", async () => {
    expect(await gpioParts.models()).toEqual([...gpioModels.keys()]);
  });

  test.each([
    [
      "button",
      ["button"],
      {
        presses: [
          [5, 20],
          [40, 10],
        ],
        bounceMs: 2,
      },
    ],
    ["hc-sr04", ["trigger", "echo"], { distance: 0.02 }],
    ["relay", ["relay"], {}],
    ["lines", ["wire"], { levels: { wire: "high" } }],
  ])("%s does what the model in this process does", async (model, lines, parameters) => {
    nowMs = 0;
    const part = await gpioParts.create(model, lines, JSON.stringify(parameters));
    const same = makePart(gpioModels.get(model)!, lines, parameters, clock);
    const driven: readonly (WireLevel | undefined)[] = ["low", "high", "low", undefined];
    for (let step = 0; step < 60; step += 1) {
      nowMs += 0.9;
      const [line] = lines;
      if (step % 5 === 0 && line !== undefined) {
        const level = driven[(step / 5) % driven.length];
        await part.driven(line, level, nowMs);
        same.driven?.(line, level, nowMs);
      }
      for (const each of lines) {
        expect(await part.level(each, nowMs)).toBe(same.level(each, nowMs));
        expect(await part.nextChange(each, nowMs)).toBe(same.nextChange(each, nowMs));
      }
      expect(await part.picture()).toBe(same.render?.());
    }
  });

  test("refuse a line that the part has not, and what is no parameter", async () => {
    await expect(gpioParts.create("button", ["bell"], "{}")).rejects.toMatchObject({
      payload: 'It has no line "bell"; its lines are button.',
    });
    await expect(gpioParts.create("button", ["button"], '{"id":1}')).rejects.toMatchObject({
      payload: '"id" is no parameter of this model; remove it, or correct its spelling.',
    });
    await expect(gpioParts.create("bell", [], "{}")).rejects.toMatchObject({
      payload: expect.stringMatching(/^There is no such model; choose one of .*hc-sr04/),
    });
  });
});

describe("the models of parts on serial lines", () => {
  test("are those of the simulator", async () => {
    expect(await uartParts.models()).toEqual([...uartModels.keys()]);
  });

  test.each([
    ["loopback", {}, [1, 2, 3]],
    ["mh-z19b", { co2: 820 }, [0xff, 1, 0x86, 0, 0, 0, 0, 0, 0x79]],
    ["nmea-gps", {}, []],
    ["pms5003", { pm25: { mean: 20, swing: 5, periodSeconds: 7 } }, [0x42, 0x4d, 0xe1, 0, 0, 1, 0x70]],
  ])("%s sends what the model in this process does", async (model, parameters, written) => {
    nowMs = 0;
    const part = await uartParts.create(model, JSON.stringify(parameters));
    const same = uartModels.get(model)!.create(parameters, clock);
    let sent = 0;
    for (let step = 0; step < 60; step += 1) {
      nowMs += 117;
      for (const [index, byte] of step === 20 ? written.entries() : []) {
        await part.receive(byte, nowMs + index);
        same.receive(byte, nowMs + index);
      }
      expect(await part.form()).toEqual(same.form);
      while (same.nextMs !== undefined && same.nextMs <= nowMs) {
        expect(await part.nextMs()).toBe(same.nextMs);
        const bytes = same.send();
        expect(await part.send()).toEqual(bytes);
        sent += bytes.length;
      }
      expect(await part.nextMs()).toBe(same.nextMs);
      expect(await part.picture()).toBe(same.render?.());
    }
    expect(sent).toBeGreaterThan(2);
  });

  test("refuse what is no parameter, and say which there are", async () => {
    await expect(uartParts.create("loopback", '{"id":1}')).rejects.toMatchObject({
      payload: '"id" is no parameter of this model; remove it, or correct its spelling.',
    });
    await expect(uartParts.create("sds011", "{}")).rejects.toMatchObject({
      payload: expect.stringMatching(/^There is no such model; choose one of .*pms5003/),
    });
  });
});
