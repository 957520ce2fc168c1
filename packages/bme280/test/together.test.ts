/** Several drivers at once: on one bus, in two boards of one process. */

import { join } from "node:path";
import type { I2cBackend, I2cBus, I2cOperation } from "@busbar/host/backend";
import { openBoard } from "@busbar/host-node";
import { SimulatedI2cBus, VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";
import { Bme280, DEFAULT_CALIBRATION, encodeCalibration, rawSource } from "../src/model.ts";

const component = join(import.meta.dirname, "../dist/bme280.wasm");

/** One bus for everybody who opens it, which fails when a transaction begins inside another. */
class WatchedBus implements I2cBackend {
  readonly name = "watched";
  readonly log: number[] = [];
  readonly #bus: SimulatedI2cBus;
  #busy = false;

  constructor(bus: SimulatedI2cBus) {
    this.#bus = bus;
  }

  openI2c(): I2cBus {
    const transaction = (address: number, operations: readonly I2cOperation[]) => {
      if (this.#busy) throw new Error("a transaction began inside another");
      this.#busy = true;
      try {
        this.log.push(address);
        return this.#bus.transaction(address, operations);
      } finally {
        this.#busy = false;
      }
    };
    return { transaction, close() {} };
  }
}

/** Two chips on one bus, each driven by a board of its own. */
async function twoBoards() {
  const clock = new VirtualClock();
  const chip = (temperature: number) =>
    new Bme280(
      {
        chip: "bme280",
        calibration: encodeCalibration(DEFAULT_CALIBRATION),
        source: rawSource({ temperature, pressure: 415_148, humidity: 30_000 }),
      },
      clock,
    );
  const bus = new WatchedBus(
    new SimulatedI2cBus([
      [0x76, chip(519_888)],
      [0x77, chip(500_000)],
    ]),
  );
  const open = (address: string) =>
    openBoard(
      { devices: { sensor: { driver: component, i2c: { bus: 1, address } } } },
      { clock, i2c: [bus] },
    );
  return { clock, bus, boards: [await open("0x76"), await open("0x77")] as const };
}

test("transactions of two boards on one bus never interleave, and each driver gets its own chip's values", async () => {
  const { bus, boards } = await twoBoards();
  const sensors = await Promise.all(boards.map((board) => board.sensor("sensor")));
  const readings = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      sensors[index % 2]!.read().then(({ temperature }) => temperature),
    ),
  );
  const [first, second] = readings;
  expect(first).toBeCloseTo(25.08, 2);
  expect(second).toBeLessThan(20);
  expect(readings).toEqual(Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? first : second)));
  // Both were at it at the same time: the transactions of the one lie between those of the other.
  const turns = bus.log.filter((address, index) => address !== bus.log[index - 1]).length;
  expect(turns).toBeGreaterThan(100);
  await Promise.all(boards.map((board) => board[Symbol.asyncDispose]()));
});

test("two drivers that wait do not wait for each other", async () => {
  const { clock, boards } = await twoBoards();
  const [left, right] = await Promise.all(boards.map((board) => board.sensor("sensor")));
  const startMs = clock.now();
  await left!.read();
  const aloneMs = clock.now() - startMs;
  expect(aloneMs).toBeGreaterThan(5);
  await Promise.all([left!.read(), right!.read()]);
  expect(clock.now() - startMs - aloneMs).toBeCloseTo(aloneMs, 6);
  await Promise.all(boards.map((board) => board[Symbol.asyncDispose]()));
});
