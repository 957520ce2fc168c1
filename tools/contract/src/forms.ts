/** A driver in its two forms, opened alike: the built component in the host, and its source without one. */

import {
  type Board,
  type DriverClass,
  type I2cBoard,
  type I2cGiven,
  i2cOn,
  type OptionTable,
  type SensorDriver,
  sensorOn,
  toU64,
  type Wiring,
} from "@busbar/guest";
import type { BoardEvent, Channel, OpenBoard, Reading, SensorInfo } from "@busbar/host";
import type { I2cOperation } from "@busbar/host/backend";
import { openBoard } from "@busbar/host-node";
import type { SimulatedI2cBus, VirtualClock } from "@busbar/sim";

/** Settings as a board file has them. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

/** A device of a board. */
export interface Wired {
  readonly bus: SimulatedI2cBus;
  readonly settings: Settings;
}

/** An opened sensor of either form. Failures have the WIT error as `payload`. */
export interface OpenedSensor {
  readonly info: SensorInfo;
  readonly channels: readonly Channel[];
  read(): Promise<Reading>;
  close(): Promise<void>;
}

/** Devices by name, each with one driver. */
export interface Bench<Opened = OpenedSensor> extends AsyncDisposable {
  open(name: string): Promise<Opened>;
  /** How often a driver's instance was started, trapped or stopped; always 0 for the source. */
  turns(): number;
}

/** Makes a bench of devices that sit at `address` of a bus each. */
export type BenchMaker<Opened = OpenedSensor> = (
  devices: Readonly<Record<string, Wired>>,
  address: number,
  clock: VirtualClock,
) => Promise<Bench<Opened>>;

/** The built component of a sensor in the host. @param component the path of the .wasm file */
export function componentBench(component: string): BenchMaker {
  return componentBenchOf(component, async (board, name) => {
    const sensor = await board.sensor(name);
    const { info, channels } = sensor;
    return { info, channels, read: () => sensor.read(), close: () => sensor[Symbol.asyncDispose]() };
  });
}

/**
 * A built component in the host.
 *
 * @param component the path of the .wasm file
 * @param open opens one device of the board
 */
export function componentBenchOf<Opened>(
  component: string,
  open: (board: OpenBoard, name: string) => Promise<Opened>,
): BenchMaker<Opened> {
  return async (devices, address, clock) => {
    const events: BoardEvent[] = [];
    const entries = Object.entries(devices).map(([name, { settings }]) => [
      name,
      { driver: component, i2c: { bus: name, address: `0x${address.toString(16)}` }, settings },
    ]);
    const board = await openBoard(
      { devices: Object.fromEntries(entries) },
      {
        clock,
        i2c: [
          {
            name: "contract",
            openI2c: (bus) => (typeof bus === "string" ? devices[bus]?.bus.open() : undefined),
          },
        ],
        onEvent: (event) => events.push(event),
      },
    );
    return {
      open: (name) => open(board, name),
      turns: () => events.filter(({ kind }) => kind === "lifecycle").length,
      [Symbol.asyncDispose]: () => board[Symbol.asyncDispose](),
    };
  };
}

/** The source, with the part of @busbar/guest that makes a component's export of it. */
export function sourceBench<const Table extends OptionTable, Label extends string>(
  definition: DriverClass<Table, SensorDriver<Label>, I2cGiven>,
): BenchMaker {
  return async (devices, address, clock) => {
    const board = boardOf(devices, address, clock);
    const driver = sensorOn(board, { bus: i2cOn(board), ...definition });
    return {
      open: async (name) => {
        const device = named(() => driver.open(name));
        const channels = device.channels();
        return {
          info: device.info(),
          channels,
          read: async () => {
            const values = named(() => device.read());
            return Object.fromEntries(channels.map(({ label }, index) => [label, values[index]!]));
          },
          close: async () => device.close(),
        };
      },
      turns: () => 0,
      [Symbol.asyncDispose]: async () => {},
    };
  };
}

/** What the host gives a driver, without a host. */
export function boardOf(
  devices: Readonly<Record<string, Wired>>,
  address: number,
  clock: VirtualClock,
): Board & I2cBoard {
  return {
    open: (name) => ({ bus: handleOn(devices[name]!.bus), address }),
    openDelay: () => ({ delayNs: (ns) => clock.advance(ns / 1e6), [Symbol.dispose]: () => {} }),
    getSettings: (name) =>
      Object.entries(devices[name]!.settings).map(([setting, value]) => [setting, String(value)] as const),
  };
}

/** What a guest throws is the plain WIT value; the host makes an Error of it. So here, but only for a WIT value. */
export function named<Result>(body: () => Result): Result {
  try {
    return body();
  } catch (thrown) {
    if (thrown instanceof Error) throw thrown;
    throw Object.assign(new Error("the driver's WIT error"), { payload: thrown });
  }
}

/** A wasi:i2c handle on a simulated bus. */
function handleOn(bus: SimulatedI2cBus): Wiring["bus"] {
  const run = (address: number, operations: readonly I2cOperation[]) => bus.transaction(address, operations);
  const read = (length: bigint): I2cOperation => ({ kind: "read", length: Number(toU64(Number(length))) });
  const write = (data: Uint8Array): I2cOperation => ({ kind: "write", data });
  return {
    read: (address, length) => run(address, [read(length)])[0]!,
    write: (address, data) => void run(address, [write(data)]),
    writeRead: (address, data, length) => run(address, [write(data), read(length)])[0]!,
    transaction: (address, operations) =>
      run(
        address,
        operations.map((operation) =>
          operation.tag === "read" ? read(operation.val) : write(operation.val),
        ),
      ),
    [Symbol.dispose]: () => {},
  };
}
