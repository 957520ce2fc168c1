import * as v from "valibot";
import type {
  BusModules,
  GrantsOf,
  SimulatedOf,
  TypesOf,
  WrittenGrantsOf,
  WrittenSimulatedOf,
} from "../bus/module.ts";
import { type BuiltIn, builtIn } from "../modules.ts";
import { type AppEntry, app, type WrittenAppEntry } from "./app-entry.ts";
import { type CommonEntry, commonOf, type WrittenCommonEntry } from "./entry.ts";
import { noList } from "./no-list.ts";
import { list, looseObject, name, record, strictObject, text } from "./values.ts";

/**
 * The board file's schema: the only source of its checks and its JSON schema (`busbar schema`, and
 * `@busbar/host/board.schema.json`). Unknown keys are refused everywhere but in `simulate`, where each model checks
 * its own parameters: a misspelt limit must not pass for no limit.
 */

/** A board file as it is written: addresses as text, defaults left out. */
export interface BoardFile<Modules extends BusModules = BuiltIn> {
  $schema?: string | undefined;
  devices: { [name: string]: WrittenEntry<Modules> };
  bridges?: { [name: string]: WrittenEntry<Modules> } | undefined;
  simulate?: WrittenSimulatedOf<Modules>[] | undefined;
  apps?: { [name: string]: WrittenAppEntry } | undefined;
}

/** A device's entry as it is written in a board file. */
export type WrittenEntry<Modules extends BusModules = BuiltIn> = WrittenCommonEntry &
  WrittenGrantsOf<Modules>;

/** A checked board: addresses as numbers, defaults filled in. */
export interface Board<Modules extends BusModules = BuiltIn> {
  $schema?: string | undefined;
  devices: { [name: string]: DeviceEntry<Modules> };
  bridges: { [name: string]: DeviceEntry<Modules> };
  simulate: SimulateEntry<Modules>[];
  apps: { [name: string]: AppEntry };
}

/** What of a checked board is about no bus: what a board on any buses has. */
export interface AnyBoard {
  $schema?: string | undefined;
  devices: { [name: string]: CommonEntry };
  bridges: { [name: string]: CommonEntry };
  simulate: { readonly model: string }[];
  apps: { [name: string]: AppEntry };
}

/** One entry of a checked board's `devices` or `bridges`. */
export type DeviceEntry<Modules extends BusModules = BuiltIn> = CommonEntry & GrantsOf<Modules>;

/**
 * One entry of the board file's `simulate` list: where a simulated device sits, which model it is, and the model's own
 * parameters, which the model checks.
 */
export type SimulateEntry<Modules extends BusModules = BuiltIn> = SimulatedOf<Modules>;

/** A simulated device on an I2C bus. */
export type SimulateI2cEntry = Extract<SimulateEntry, TypesOf<BuiltIn[0]>["simulated"]>;

/** A simulated USB device. */
export type SimulateUsbEntry = Extract<SimulateEntry, TypesOf<BuiltIn[1]>["simulated"]>;

/** A simulated device on an SPI bus. */
export type SimulateSpiEntry = Extract<SimulateEntry, TypesOf<BuiltIn[2]>["simulated"]>;

/** A simulated device on GPIO lines. */
export type SimulateGpioEntry = Extract<SimulateEntry, TypesOf<BuiltIn[3]>["simulated"]>;

/** A simulated device on a serial port. */
export type SimulateUartEntry = Extract<SimulateEntry, TypesOf<BuiltIn[4]>["simulated"]>;

/** Told apart by the keys of the buses, so that a message is about the one that was meant. */
function simulatedOf(modules: BusModules): v.GenericSchema {
  const buses = modules.flatMap(({ key, simulated }) =>
    simulated === undefined ? [] : [{ key, ...simulated }],
  );
  const expected = `expected an object with ${buses.map(({ key }) => `"${key}"`).join(" or ")}`;
  const options = buses.map(({ entries }, index): v.GenericSchema => {
    const later = buses.slice(index + 1).map(({ key }) => [key, v.optional(v.never(`expected no "${key}"`))]);
    return looseObject({ ...Object.fromEntries(later), ...entries });
  });
  // One more key tells each further bus from those before it; the last of them speaks for all.
  const places = new Map(buses.map(({ key, expected }) => [key, expected]));
  return options.reduce((before, option, index) => {
    const { key, expected: place } = buses[index]!;
    const message: v.ErrorMessage<v.VariantIssue> = ({ path }) =>
      path === undefined ? expected : (places.get(String(path.at(-1)?.key)) ?? place);
    return noList(v.variant(key, [before, option] as v.GenericSchema[] as v.VariantOptions<string>, message));
  });
}

/**
 * The schema of the whole board file.
 *
 * @param modules the buses that an entry can be wired to
 */
export function boardSchemaOf<Modules extends BusModules>(
  modules: Modules,
): v.GenericSchema<BoardFile<Modules>, Board<Modules>> {
  const { driver, ...others } = commonOf(modules.map(({ key }) => key)).entries;
  const grants = Object.fromEntries(modules.map(({ key, grant }) => [key, v.optional(grant)]));
  const device = strictObject({ driver, ...grants, ...others });
  return strictObject({
    $schema: v.optional(text),
    devices: v.pipe(
      record(name, device),
      v.description("What is wired, and the whole of what is granted: one driver instance for each name."),
    ),
    bridges: v.pipe(
      v.optional(record(name, device), {}),
      v.description(
        "Devices whose drivers export a bus: an adapter on USB, a multiplexer. Other entries are wired to it by the bridge's " +
          'name: "i2c": { "bus": "dongle", ... }, and "multiplexer:3" where it has several.',
      ),
    ),
    simulate: v.pipe(
      v.optional(list(simulatedOf(modules)), []),
      v.description("Simulated devices; the bus of each needs no hardware."),
    ),
    apps: v.pipe(
      v.optional(record(name, app), {}),
      v.description("Programs that use the devices, and which of them each may use."),
    ),
  }) as v.GenericSchema<unknown> as v.GenericSchema<BoardFile<Modules>, Board<Modules>>;
}

/** The whole board file, with the buses that this host has by itself. */
export const boardSchema = boardSchemaOf(builtIn);
