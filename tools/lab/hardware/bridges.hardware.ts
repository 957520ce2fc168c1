/**
 * A chip behind a multiplexer behind an adapter on USB that this kernel has: the components of tca9548a and mcp2221a, of which no
 * operating system knows what is behind them. The adapter is pulled out in the middle of readings, and plugged in again. The hosts in
 * Rust have no bridges.
 */

import { Ch341a } from "@busbar/ch341a/model";
import { Cp2112 } from "@busbar/cp2112/model";
import { Ft232h } from "@busbar/ft232h/model";
import type { BoardEvent, BoardFile } from "@busbar/host";
import { nodeClock, openBoard } from "@busbar/host-node";
import { I2cTinyUsb } from "@busbar/i2c-tiny-usb/model";
import { type AttachedUsbDevice, attachUsbDevice, startUdevd, waitFor } from "@busbar/lab/guest";
import { Mcp2221a } from "@busbar/mcp2221a/model";
import { type I2cWires, simulatedBuses, type UsbDevice } from "@busbar/sim";
import tca9548a from "@busbar/tca9548a/model";
import tmp102 from "@busbar/tmp102/model";
import { afterAll, beforeAll, expect, it } from "vitest";
import { boardFile, describeOn, isWhole, onNode } from "./hosts.ts";
import { driver } from "./native-program.ts";
import { openAgain, SLOW_LIMITS } from "./support.ts";

const ROUNDS = isWhole ? 20 : 5;

/** An adapter by its model, as the board file has it. */
interface Adapter {
  readonly usb: NonNullable<BoardFile["bridges"]>[string]["usb"];
  create(wires: I2cWires, serialNumber: string): UsbDevice;
}

const adapters: Readonly<Record<string, Adapter>> = {
  "i2c-tiny-usb": {
    usb: { vendorId: "0x0403", productId: "0xC631", interfaces: [0], allow: ["device-requests"] },
    create: (wires, serialNumber) => new I2cTinyUsb({ wires, serialNumber }),
  },
  mcp2221a: {
    usb: { vendorId: "0x04D8", productId: "0x00DD", interfaces: [2] },
    create: (wires, serialNumber) => new Mcp2221a({ wires, serialNumber }, nodeClock),
  },
  cp2112: {
    usb: { vendorId: "0x10C4", productId: "0xEA90", interfaces: [0] },
    create: (wires, serialNumber) => new Cp2112({ wires, serialNumber }, nodeClock),
  },
  ch341a: {
    usb: { vendorId: "0x1A86", productId: "0x5512", interfaces: [0] },
    create: (wires, serialNumber) => new Ch341a({ wires, serialNumber }),
  },
  ft232h: {
    usb: { vendorId: "0x0403", productId: "0x6014", interfaces: [0], allow: ["device-requests"] },
    create: (wires, serialNumber) => new Ft232h({ wires, serialNumber }, nodeClock),
  },
};

/** An adapter, and what is soldered to it: one multiplexer, with a thermometer behind the fourth of its buses. */
function plug(temperature: number): Promise<AttachedUsbDevice> {
  const models = new Map<string, unknown>([
    ["tca9548a", tca9548a],
    ["tmp102", tmp102],
  ]);
  const buses = simulatedBuses(
    [
      { i2c: "near", address: 0x70, model: "tca9548a", buses: [null, null, null, "far"] },
      { i2c: "far", address: 0x48, model: "tmp102", temperature },
    ],
    nodeClock,
    models,
  );
  const wires = buses.get("near")!.wires();
  return attachUsbDevice(new Mcp2221a({ wires, serialNumber: "bridge" }, nodeClock));
}

describeOn([onNode], "a thermometer behind an adapter", () => {
  let udevd: AsyncDisposable;
  beforeAll(async () => {
    udevd = await startUdevd();
  });
  afterAll(() => udevd[Symbol.asyncDispose]());

  it.each(Object.entries(adapters))(
    "%s: is read, and nobody else is there",
    { timeout: 300_000 },
    async (name, { usb, create }) => {
      const models = new Map<string, unknown>([["tmp102", tmp102]]);
      const buses = simulatedBuses(
        [{ i2c: "far", address: 0x48, model: "tmp102", temperature: -12.5 }],
        nodeClock,
        models,
      );
      await using _ = await attachUsbDevice(create(buses.get("far")!.wires(), `lab-${name}`));
      const limits = SLOW_LIMITS;
      const thermometer = (address: string) => ({
        driver: driver("tmp102"),
        i2c: { bus: "dongle", address },
        limits,
      });
      const path = await boardFile({
        bridges: { dongle: { driver: driver(name), usb, limits } },
        devices: { outside: thermometer("0x48"), nobody: thermometer("0x49") },
      });
      await using board = await openBoard(path);
      expect(await (await board.sensor("outside")).read()).toEqual({ temperature: -12.5 });
      await expect(board.sensor("nobody")).rejects.toMatchObject({ code: "bus" });
      expect(await (await board.sensor("outside")).read()).toEqual({ temperature: -12.5 });
    },
  );
});

describeOn([onNode], "a thermometer behind tca9548a behind mcp2221a", () => {
  let udevd: AsyncDisposable;
  beforeAll(async () => {
    udevd = await startUdevd();
  });
  afterAll(() => udevd[Symbol.asyncDispose]());

  it(`is read, disconnected when the adapter is pulled out, and read again: ${ROUNDS} times`, {
    timeout: 600_000,
  }, async () => {
    const limits = SLOW_LIMITS;
    const path = await boardFile({
      bridges: {
        dongle: {
          driver: driver("mcp2221a"),
          usb: { vendorId: "0x04D8", productId: "0x00DD", interfaces: [2] },
          limits,
        },
        mux: { driver: driver("tca9548a"), i2c: { bus: "dongle", address: ["0x70", "0x48"] }, limits },
      },
      devices: { outside: { driver: driver("tmp102"), i2c: { bus: "mux:3", address: "0x48" }, limits } },
    });
    const events: BoardEvent[] = [];
    await using board = await openBoard(path, { onEvent: (event) => events.push(event) });
    let adapter = await plug(20);
    let sensor = await board.sensor("outside");
    const backMs: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      expect(await sensor.read()).toEqual({ temperature: 19 + round });
      // In the middle: one reading after the other, until one fails.
      const failure = waitFor("let a reading fail", () =>
        sensor.read().then(
          () => undefined,
          (error: { code?: string }) => error.code ?? String(error),
        ),
      );
      await adapter.unplug();
      expect(["disconnected", "bus"]).toContain(await failure);
      adapter = await plug(20 + round);
      const pluggedMs = performance.now();
      sensor = await openAgain(() => board.sensor("outside"));
      expect(await sensor.read()).toEqual({ temperature: 20 + round });
      backMs.push(performance.now() - pluggedMs);
    }
    const shown = backMs.map((ms) => Math.round(ms)).join(", ");
    console.log(`from plugged in to the next reading: ${shown} ms`);
    expect(events.filter(({ kind }) => kind === "denied" || kind === "would-be-denied")).toEqual([]);
    await board[Symbol.asyncDispose]();
    await adapter.detach();
  });
});
