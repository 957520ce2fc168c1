/** The built component, and components of other languages, through the host on simulated chips. */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { componentize } from "@busbar/build";
import { type BoardEvent, type BoardFile, readComponent } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { simulate, VirtualClock } from "@busbar/sim";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { watI2cReader, watWaiter } from "../../../tools/build/test/wat-components.ts";

const packageFolder = join(import.meta.dirname, "..");
const built = join(packageFolder, "dist/i2c-echo.wasm");
/** A StarlingMonkey component is 12 MB, and the machine may be busy. */
const slow = 180_000;

/** wasi:i2c's handle: opaque for whoever only passes it on. */
declare class I2c {
  private constructor();
  read(address: number, length: bigint): Uint8Array;
  write(address: number, data: Uint8Array): void;
  writeRead(address: number, data: Uint8Array, readLength: bigint): Uint8Array;
}

/** What the component exports. */
interface I2cEcho {
  readonly thermometer: { getTemperature(connection: I2c): number };
  readonly "busbar:i2c-echo/thermometer@0.1.0": { getTemperature(connection: I2c): number };
  readonly echo: { echo(connection: I2c, address: number, data: Uint8Array): Uint8Array };
}
interface Reader {
  readonly reader: {
    readByte(connection: I2c, address: number): Uint8Array;
    keep(connection: I2c): void;
  };
}
interface Waiter {
  readonly waiter: { wait(delay: object, ns: number): void; keep(delay: object): void };
}

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "busbar-others-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A thermometer at 0x48, a memory at 0x50, and nothing at 0x51, all driven by one component. */
async function boardWith(driver: string, changed: object = {}) {
  const clock = new VirtualClock();
  const events: BoardEvent[] = [];
  const wired = (address: string) => ({ driver, i2c: { bus: "sim", address }, ...changed });
  const file: BoardFile = {
    devices: { thermometer: wired("0x48"), memory: wired("0x50"), nothing: wired("0x51") },
    simulate: [
      // -12.5 °C, in steps of 0.0625 °C in the upper twelve bits (SBOS397, "Temperature Register").
      { i2c: "sim", address: "0x48", model: "registers", registers: { "0x00": "f380" } },
      { i2c: "sim", address: "0x50", model: "registers", registers: {} },
    ],
  };
  const board = await openBoard(file, {
    simulate,
    clock,
    i2c: [],
    onEvent: (event) => events.push(event),
  });
  return { board, clock, events };
}

async function fileOf(component: Uint8Array, name: string): Promise<string> {
  const file = join(folder, `${name}.wasm`);
  await writeFile(file, component);
  return file;
}

test("imports wasi:i2c and nothing else", async () => {
  const { imports, exports } = readComponent(await readFile(built), "i2c-echo");
  expect(imports.map(({ name }) => name)).toEqual(["wasi:i2c/i2c@0.2.0-draft"]);
  expect(exports.map(({ name }) => name)).toEqual([
    "busbar:i2c-echo/thermometer@0.1.0",
    "busbar:i2c-echo/echo@0.1.0",
  ]);
});

describe.each(["quickjs", "starlingmonkey"] as const)("on %s", { timeout: slow }, (engine) => {
  let driver = built;

  beforeAll(async () => {
    if (engine === "quickjs") return;
    const entry = join(packageFolder, "src/component.ts");
    const { component } = await componentize({ folder: packageFolder, entry, world: "i2c-echo", engine });
    driver = await fileOf(component, engine);
  }, slow);

  test("reads a temperature through the handle that each call gets", async () => {
    const { board } = await boardWith(driver);
    await using _ = board;
    const component = await board.component<I2cEcho>("thermometer");
    const { thermometer, "busbar:i2c-echo/thermometer@0.1.0": sameByWholeName } = component.exports;
    for (let call = 0; call < 100; call += 1) {
      expect(await thermometer.getTemperature(component.i2c)).toBe(-12.5);
    }
    expect(await sameByWholeName.getTemperature(component.i2c)).toBe(-12.5);
  });

  test("sends bytes to a memory and gets them back", async () => {
    const { board } = await boardWith(driver);
    await using _ = board;
    const memory = await board.component<I2cEcho>("memory");
    for (const length of [1, 32, 255, 256]) {
      const data = Uint8Array.from({ length }, (_, index) => (index * 37) & 0xff);
      expect(await memory.exports.echo.echo(memory.i2c, memory.address, data)).toEqual(data);
    }
  });

  test("returns the errors of wasi:i2c, and what it cannot do", async () => {
    const { board, events } = await boardWith(driver);
    await using _ = board;
    const nothing = await board.component<I2cEcho>("nothing");
    await expect(
      nothing.exports.echo.echo(nothing.i2c, nothing.address, Uint8Array.of(1)),
    ).rejects.toMatchObject({ name: "ReturnedError", payload: { tag: "no-acknowledge", val: "address" } });
    await expect(
      nothing.exports.echo.echo(nothing.i2c, nothing.address, new Uint8Array(257)),
    ).rejects.toMatchObject({ payload: { tag: "other" } });
    expect(events.filter((event) => event.kind === "denied")).toEqual([]);
  });

  test("reaches nothing but the address of its entry", async () => {
    const { board, events } = await boardWith(driver);
    await using _ = board;
    const memory = await board.component<I2cEcho>("memory");
    await expect(memory.exports.thermometer.getTemperature(memory.i2c)).rejects.toMatchObject({
      payload: { tag: "other" },
    });
    expect(events.filter((event) => event.kind !== "lifecycle")).toEqual([
      expect.objectContaining({
        kind: "denied",
        device: "memory",
        denied: "address",
        reason: "address 0x48 is not granted, only 0x50 is",
      }),
    ]);
  });

  test("goes on after a parameter that is no handle, or is another component's", async () => {
    const { board } = await boardWith(driver);
    await using _ = board;
    const thermometer = await board.component<I2cEcho>("thermometer");
    const memory = await board.component<I2cEcho>("memory");
    const { getTemperature } = thermometer.exports.thermometer;
    await expect(getTemperature({} as I2c)).rejects.toThrow('a parameter has to be a handle "i2c"');
    await expect(getTemperature(memory.i2c)).rejects.toMatchObject({ code: "invalid-argument" });
    const { echo } = thermometer.exports.echo as unknown as {
      echo(...parameters: unknown[]): Promise<unknown>;
    };
    const wrong = [
      [[thermometer.i2c, 0x48], "3 parameters are expected, and not 2"],
      [[thermometer.i2c, "x", [1]], "a value of type u16 is expected, and not string"],
      [[thermometer.i2c, 0x48, [300]], "a value of type u8 is expected, and not number"],
      [[thermometer.i2c, 0x48, "text"], "a value of type list<u8> is expected, and not string"],
    ] as const;
    for (const [parameters, message] of wrong) {
      const error = { code: "invalid-argument", message: `thermometer: ${message}` };
      await expect(echo(...parameters)).rejects.toMatchObject(error);
    }
    expect(await getTemperature(thermometer.i2c)).toBe(-12.5);
  });
});

describe("a component written in WebAssembly text, which borrows its handle", { timeout: slow }, () => {
  test("is lent it for the call", async () => {
    const { board } = await boardWith(await fileOf(await watI2cReader(), "reader"));
    await using _ = board;
    const thermometer = await board.component<Reader>("thermometer");
    for (const byte of [0xf3, 0x80, 0x00]) {
      // Each read goes on where the one before ended.
      expect(await thermometer.exports.reader.readByte(thermometer.i2c, 0x48)).toEqual(Uint8Array.of(byte));
    }
    await expect(thermometer.exports.reader.readByte(thermometer.i2c, 0x50)).rejects.toMatchObject({
      payload: { tag: "other" },
    });
  });

  test("traps when it keeps the handle, and is started again", async () => {
    const { board, events } = await boardWith(await fileOf(await watI2cReader(), "reader"));
    await using _ = board;
    const component = await board.component<Reader>("thermometer");
    await expect(component.exports.reader.keep(component.i2c)).rejects.toThrow(
      "borrow handles still remain at the end of the call",
    );
    const again = await board.component<Reader>("thermometer");
    expect(await again.exports.reader.readByte(again.i2c, 0x48)).toEqual(Uint8Array.of(0xf3));
    expect(events.flatMap((event) => (event.kind === "lifecycle" ? [event.event] : []))).toEqual([
      "started",
      "trapped",
      "started",
    ]);
  });

  test("waits with a delay that it is lent, within the time of a call", async () => {
    const limits = { limits: { callMs: 100 } };
    const { board, clock } = await boardWith(await fileOf(await watWaiter(), "waiter"), limits);
    await using _ = board;
    const waiter = await board.component<Waiter>("nothing");
    const before = clock.now();
    await waiter.exports.waiter.wait(waiter.delay, 20_000_000);
    expect(clock.now() - before).toBe(20);
    await expect(waiter.exports.waiter.wait(waiter.delay, 2_000_000_000)).rejects.toMatchObject({
      code: "timeout",
    });
    const again = await board.component<Waiter>("nothing");
    await expect(again.exports.waiter.keep(again.delay)).rejects.toThrow("borrow handles still remain");
  });
});
