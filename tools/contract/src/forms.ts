/** A driver in its two forms, opened alike: the built component in the host, and its source without one. */

import {
  type Board,
  type DriverClass,
  type DriverDefinition,
  type OptionTable,
  type SensorDriver,
  sensorOn,
} from "@busbar/guest";
import type { BoardEvent, Channel, OpenBoard, Reading, SensorInfo } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import type { VirtualClock } from "@busbar/sim";
import type { DriverWiring, HostWiring, TestBus } from "./wiring.ts";

/** Settings as a board file has them. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

/** A device of a board. */
export interface Wired<Bus extends TestBus> {
  readonly bus: Bus;
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

/** Makes a bench of devices that sit on a bus each. */
export type BenchMaker<Bus extends TestBus, Opened = OpenedSensor> = (
  devices: Readonly<Record<string, Wired<Bus>>>,
  clock: VirtualClock,
) => Promise<Bench<Opened>>;

/** The built component of a sensor in the host. @param component the path of the .wasm file */
export function componentBench<Bus extends TestBus>(
  component: string,
  wiring: HostWiring<Bus>,
): BenchMaker<Bus> {
  return componentBenchOf(component, wiring, async (board, name) => {
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
export function componentBenchOf<Bus extends TestBus, Opened>(
  component: string,
  wiring: HostWiring<Bus>,
  open: (board: OpenBoard, name: string) => Promise<Opened>,
): BenchMaker<Bus, Opened> {
  return async (devices, clock) => {
    const events: BoardEvent[] = [];
    const entries = Object.entries(devices).map(([name, { settings }]) => [
      name,
      { driver: component, ...wiring.entry(name), settings },
    ]);
    const board = await openBoard(
      { devices: Object.fromEntries(entries) },
      {
        clock,
        ...wiring.backends(busesOf(devices)),
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
export function sourceBench<
  const Table extends OptionTable,
  Label extends string,
  Given extends unknown[],
  Bus extends TestBus,
>(
  definition: DriverClass<Table, SensorDriver<Label>, Given>,
  wiring: DriverWiring<Given, Bus>,
): BenchMaker<Bus> {
  return async (devices, clock) => {
    const bus = wiring.guest(busesOf(devices), clock);
    const driver = sensorOn(boardOf(devices), { bus, ...definition } as DriverDefinition<
      Table,
      SensorDriver<Label>,
      Given
    >);
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

/** What the host gives a driver beside its bus, without a host. */
export function boardOf(devices: Readonly<Record<string, Wired<TestBus>>>): Board {
  return {
    getSettings: (name) =>
      Object.entries(devices[name]!.settings).map(([setting, value]) => [setting, String(value)] as const),
  };
}

/** The buses, by the names of their devices. */
export function busesOf<Bus extends TestBus>(
  devices: Readonly<Record<string, Wired<Bus>>>,
): Record<string, Bus> {
  return Object.fromEntries(Object.entries(devices).map(([name, { bus }]) => [name, bus]));
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
