/**
 * A chip behind a multiplexer behind an adapter on USB that this kernel has: the components of tca9548a and mcp2221a, of which no
 * operating system knows what is behind them. The adapter is pulled out in the middle of readings, and plugged in again. The hosts in
 * Rust have no bridges.
 */
import type { BoardEvent } from "@busbar/host";
import { nodeClock, openBoard } from "@busbar/host-node";
import { type AttachedUsbDevice, attachUsbDevice, startUdevd, waitFor } from "@busbar/lab/guest";
import { Mcp2221a } from "@busbar/mcp2221a/model";
import { simulatedBuses } from "@busbar/sim";
import tca9548a from "@busbar/tca9548a/model";
import tmp102 from "@busbar/tmp102/model";
import { afterAll, beforeAll, expect, it } from "vitest";
import { boardFile, describeOn, isWhole, onNode } from "./hosts.ts";
import { driver } from "./native-program.ts";
import { openAgain, SLOW_LIMITS } from "./support.ts";

const ROUNDS = isWhole ? 20 : 5;

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
