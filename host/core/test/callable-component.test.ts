import { describe, expect, test } from "vitest";
import type { BoardEvent } from "../src/board/event.ts";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import type { BoardFile } from "../src/board/schema.ts";
import { GuestResource } from "../src/component/handles.ts";
import { WrongResource } from "../src/component/instance.ts";
import { WrongParameter } from "../src/component/lift.ts";
import { ReturnedError } from "../src/device/callable-component.ts";
import { DeviceError } from "../src/device/error.ts";
import { componentBytes } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";
import { ComponentError, FakeBus, FakeClock, type GuestI2c } from "./fakes.ts";

type Connection = Pick<GuestI2c, "read" | "write">;

/** What the fake components export: others' functions, which get their handles as parameters. */
interface Hts {
  getTemperature(connection: Connection): number;
  settle(delay: { delayNs(ns: number): Promise<void> }, ns: number): Promise<void>;
}
interface Exports {
  "sketch:implementation/hts": Hts;
  hts: Hts;
  reset(connection: Connection): void;
}

const hts: Hts = {
  getTemperature: (connection) => connection.read(0x5f, 1n)[0]!,
  settle: (delay, ns) => delay.delayNs(ns),
};

const wired = { driver: "driver", i2c: { bus: 1, address: "0x5f" } };

/** A board with one component of somebody else's, written as plain JavaScript. */
async function boardWith(
  functions: object = hts,
  entries: BoardFile["devices"] = { echo: wired },
  imports: readonly string[] = ["wasi:i2c/i2c@0.2.0-draft"],
  exports: readonly string[] = ["sketch:implementation/hts"],
) {
  const clock = new FakeClock();
  const bus = new FakeBus();
  const events: BoardEvent[] = [];
  const instantiate = () => ({
    "sketch:implementation/hts": functions,
    hts: functions,
    reset: (connection: Connection) => connection.write(0x5f, Uint8Array.of(0x20, 0)),
  });
  const artifact = fakeComponent("./hts.wasm", componentBytes(imports, exports), instantiate);
  const board = await OpenBoard.open(parseBoard({ devices: entries }), {
    clock,
    i2c: [bus],
    loadComponent: async () => artifact,
  });
  board.listen((event) => events.push(event));
  return { board, bus, clock, events };
}

describe("a component of somebody else's", () => {
  test("is called with a handle of the bus that is wired to it", async () => {
    const { board, bus, events } = await boardWith();
    expect(board.devices).toEqual([{ name: "echo", kind: "component" }]);
    const echo = await board.component<Exports>("echo");
    expect(await echo.exports["sketch:implementation/hts"].getTemperature(echo.i2c)).toBe(1);
    expect(await echo.exports.hts.getTemperature(echo.i2c)).toBe(2);
    await echo.exports.reset(echo.i2c);
    expect(bus.transactions.map(({ address }) => address)).toEqual([0x5f, 0x5f, 0x5f]);
    expect(echo.address).toBe(0x5f);
    expect(events.map(({ kind, device }) => [kind, device])).toEqual([
      ["lifecycle", "echo"],
      ["i2c", "echo"],
      ["i2c", "echo"],
      ["i2c", "echo"],
    ]);
  });

  test("is held to its entry, and the operator is told", async () => {
    const entry = { ...wired, limits: { transactionsPerSecond: 2 } };
    const { board, bus, events } = await boardWith(
      { ...hts, scan: (connection: Connection, address: number) => connection.read(address, 1n) },
      { echo: entry },
    );
    const echo = await board.component<{ hts: Hts & { scan(bus: Connection, address: number): Uint8Array } }>(
      "echo",
    );
    await expect(echo.exports.hts.scan(echo.i2c, 0x50)).rejects.toMatchObject({ payload: { tag: "other" } });
    // Another handle gives no more.
    await echo.exports.hts.getTemperature(echo.i2c);
    await echo.exports.hts.getTemperature(echo.i2c);
    await expect(echo.exports.hts.getTemperature(echo.i2c)).rejects.toMatchObject({
      payload: { tag: "other" },
    });
    expect(bus.transactions).toHaveLength(2);
    const denials = events.filter((event) => event.kind === "denied");
    expect(denials.map(({ device, denied }) => [device, denied])).toEqual([
      ["echo", "address"],
      ["echo", "rate"],
    ]);
  });

  test.each<[string, unknown, string]>([
    ["a case", { tag: "no-acknowledge", val: "address" }, '{"tag":"no-acknowledge","val":"address"}'],
    ["a case that a device error has as well", { tag: "bus" }, '{"tag":"bus"}'],
    ["a text", "too warm", "too warm"],
    ["a number of 64 bits", 5n, "5"],
    ["nothing", undefined, "(without a value)"],
    ["a text of any length", "x".repeat(1e6), `${"x".repeat(200)}…`],
    [
      "a list of any length",
      new Array(1e6).fill({ a: 1 }),
      `[${'{"a":1},'.repeat(100)}`.slice(0, 200).concat("…"),
    ],
  ])("returns the error of its own result: %s", async (_, payload, text) => {
    const { board, events } = await boardWith({
      getTemperature: () => {
        throw new ComponentError(payload);
      },
    });
    const echo = await board.component<Exports>("echo");
    const error = await echo.exports.hts.getTemperature(echo.i2c).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ReturnedError);
    expect(error).toMatchObject({
      device: "echo",
      payload,
      message: `echo: the component returned the error ${text}`,
    });
    expect(events.some((event) => event.kind === "lifecycle" && event.event === "trapped")).toBe(false);
  });

  test("that traps is started again, and a handle of the life before is refused", async () => {
    let fail = true;
    const { board, events } = await boardWith({
      ...hts,
      getTemperature: (connection: Connection) => {
        if (fail) throw new Error("unreachable");
        return hts.getTemperature(connection);
      },
    });
    const echo = await board.component<Exports>("echo");
    const { i2c } = echo;
    await expect(echo.exports.hts.getTemperature(i2c)).rejects.toMatchObject({ code: "disconnected" });
    fail = false;
    await expect(echo.exports.hts.getTemperature(i2c)).rejects.toMatchObject({ code: "disconnected" });
    const again = await board.component<Exports>("echo");
    expect(await again.exports.hts.getTemperature(again.i2c)).toBe(1);
    await expect(again.exports.hts.getTemperature(i2c)).rejects.toMatchObject({ code: "invalid-argument" });
    expect(events.flatMap((event) => (event.kind === "lifecycle" ? [event.event] : []))).toEqual([
      "started",
      "trapped",
      "started",
    ]);
  });

  test("gets no handle of another component", async () => {
    const { board, bus } = await boardWith(hts, {
      echo: wired,
      other: { driver: "driver", i2c: { bus: 2, address: "0x5f" } },
    });
    const echo = await board.component<Exports>("echo");
    const other = await board.component<Exports>("other");
    await expect(echo.exports.hts.getTemperature(other.i2c)).rejects.toThrow(
      "echo: a handle of another component, or of an earlier life of this one; take it from this one",
    );
    await expect(echo.exports.hts.settle(other.delay, 1)).rejects.toMatchObject({ code: "invalid-argument" });
    expect(bus.transactions).toEqual([]);
  });

  test("is told in clear words of a wrong handle, and goes on", async () => {
    const { board } = await boardWith({
      getTemperature(connection: unknown) {
        if (typeof connection !== "object") throw new WrongParameter(new WrongResource("usb-device"));
        return 20;
      },
    });
    const echo = await board.component<{ hts: { getTemperature(connection: unknown): number } }>("echo");
    await expect(echo.exports.hts.getTemperature(1)).rejects.toThrow(
      'echo: a parameter has to be a handle "usb-device"; this host has "i2c" and "delay" of this component to give',
    );
    expect(await echo.exports.hts.getTemperature(echo.i2c)).toBe(20);
  });

  test("waits as a part of its call, whose time is limited", async () => {
    const { board, clock } = await boardWith(hts, { echo: { ...wired, limits: { callMs: 50 } } });
    const echo = await board.component<Exports>("echo");
    await echo.exports.hts.settle(echo.delay, 20_000_000);
    expect(clock.now()).toBe(20);
    await expect(echo.exports.hts.settle(echo.delay, 2_000_000_000)).rejects.toMatchObject({
      code: "timeout",
    });
    expect(clock.now()).toBe(70);
  });

  test("ends with the board", async () => {
    const { board, bus } = await boardWith();
    const echo = await board.component<Exports>("echo");
    await board[Symbol.asyncDispose]();
    await expect(echo.exports.hts.getTemperature(echo.i2c)).rejects.toBeInstanceOf(DeviceError);
    expect(bus.transactions).toEqual([]);
  });
});

describe("what is refused", () => {
  test("a component that exports resources", async () => {
    class Sensor extends GuestResource {}
    const { board } = await boardWith({ Sensor, getTemperature: () => 1 });
    await expect(board.component("echo")).rejects.toThrow(
      'echo: the component exports the resource "Sensor", which can only be used by a component that imports it; ' +
        "from here, functions are called.",
    );
  });

  test("an import that the board does not grant", async () => {
    const usb = ["wasi:i2c/i2c@0.2.0-draft", "component:usb/device@0.2.1"];
    await expect(boardWith(hts, { echo: wired }, usb)).rejects.toThrow(
      "echo: ./hts.wasm imports component:usb/device@0.2.1, which the board does not grant; " +
        'add "usb": { "vendorId": "0x2341", "interfaces": [0] } to "devices.echo".',
    );
    const others = ["wasi:i2c/i2c@0.2.0-draft", "wasi:gpio/gpio@0.2.0"];
    await expect(boardWith(hts, { echo: wired }, others)).rejects.toThrow(
      "imports wasi:gpio/gpio@0.2.0, which no line of a board file can grant",
    );
  });

  test("a bus that nobody wired", async () => {
    const { board } = await boardWith(hts, { echo: { driver: "driver" } }, []);
    const echo = await board.component("echo");
    const line =
      '"echo" is wired to no I2C target; add "i2c": { "bus": 1, "address": "0x76" } to "devices.echo".';
    expect(() => echo.i2c).toThrow(line);
    expect(() => echo.address).toThrow(line);
  });

  test("a component as a sensor, and a driver as a component", async () => {
    const { board } = await boardWith();
    await expect(board.sensor("echo")).rejects.toThrow(
      '"echo" is no sensor: ./hts.wasm exports no device interface; call its functions with board.component.',
    );
    const sensor = await boardWith(hts, { echo: wired }, [], ["busbar:device/sensor@0.1.0"]);
    await expect(sensor.board.component("echo")).rejects.toThrow(
      '"echo" is no component: ./hts.wasm drives a sensor.',
    );
  });

  test.each([["wasi:cli/run@0.2.3"], ["busbar:device/sensor@0.9.0"]])(
    "as a driver, one that exports %s",
    async (exported) => {
      await expect(
        boardWith(hts, { echo: wired }, [], [exported, "sketch:implementation/hts"]),
      ).rejects.toThrow(`echo: ./hts.wasm is no device driver: it exports ${exported}`);
    },
  );
});
