import {
  busNameOf,
  type Clock,
  HostError,
  type I2cBusName,
  type Simulate,
  type SimulateEntry,
  type SimulateI2cEntry,
} from "@busbar/host";
import * as v from "valibot";
import { findModel } from "./find-model.ts";
import { hexByte } from "./hex.ts";
import { SimulatedI2cBus } from "./i2c/bus.ts";
import { i2cFaultSchema } from "./i2c/faults.ts";
import { bme280Model } from "./models/bme280/parameters.ts";
import { hd44780Model } from "./models/hd44780/parameters.ts";
import { ht16k33Model } from "./models/ht16k33/parameters.ts";
import { hts221Model } from "./models/hts221/parameters.ts";
import type { I2cModel } from "./models/model.ts";
import { registersModel } from "./models/registers.ts";
import { sht3xModel } from "./models/sht3x/parameters.ts";
import { tmp102Model } from "./models/tmp102/parameters.ts";
import { SimulatedUsb } from "./usb/bus.ts";
import { plugEntry } from "./usb/simulate.ts";

/** Every model that a board file can name without a module of its own. A new one is a line here. */
const MODELS: ReadonlyMap<string, I2cModel> = new Map([
  ["bme280", bme280Model],
  ["hd44780", hd44780Model],
  ["ht16k33", ht16k33Model],
  ["hts221", hts221Model],
  ["registers", registersModel],
  ["sht3x", sht3xModel],
  ["tmp102", tmp102Model],
]);

const faultsSchema = v.object({ faults: v.optional(v.array(i2cFaultSchema), []) });

/**
 * The simulated buses of a board's `simulate` list, by name.
 *
 * @param modules what the modules that entries name as models export by default; none where left out
 * @throws HostError with code "board", one sentence naming the entry, when a model or a parameter is unknown or wrong,
 *   or two entries share an address
 */
export function simulatedBuses(
  entries: readonly SimulateEntry[],
  clock: Clock,
  modules: ReadonlyMap<string, unknown> = new Map(),
): Map<I2cBusName, SimulatedI2cBus> {
  const buses = new Map<I2cBusName, SimulatedI2cBus>();
  for (const [index, entry] of entries.entries()) {
    if (entry.usb !== undefined) continue;
    try {
      plug(entry, buses, clock, modules);
    } catch (cause) {
      throw new HostError("board", `simulate[${index}] (${describe(entry)}): ${explain(cause, entry)}`, {
        cause,
      });
    }
  }
  return buses;
}

/**
 * The simulated USB of a board's `simulate` list, its devices plugged in.
 *
 * @param modules as for {@link simulatedBuses}
 * @throws HostError with code "board", one sentence naming the entry, when a model or a parameter is unknown or wrong,
 *   or two entries share a port
 */
export function simulatedUsb(
  entries: readonly SimulateEntry[],
  clock: Clock,
  modules: ReadonlyMap<string, unknown> = new Map(),
): SimulatedUsb {
  const usb = new SimulatedUsb(clock);
  for (const [index, entry] of entries.entries()) {
    if (entry.usb === undefined) continue;
    try {
      plugEntry(usb, entry, clock, modules);
    } catch (cause) {
      throw new HostError("board", `simulate[${index}] (${describe(entry)}): ${explain(cause, entry)}`, {
        cause,
      });
    }
  }
  return usb;
}

/** What `simulate` makes: the host's backend, and what a person can see of it. */
export interface Simulation extends ReturnType<Simulate> {
  /** What the simulated displays show now, as lines of text, in the order of the entries. */
  pictures(): { readonly model: string; readonly picture: string }[];
}

/**
 * The `Simulate` of `@busbar/host`: a backend named "simulator" with the buses and USB devices of `entries`. Opening a
 * bus twice gives two handles on one bus.
 *
 * @throws HostError as {@link simulatedBuses} and {@link simulatedUsb} do
 */
export const simulate = (
  entries: readonly SimulateEntry[],
  clock: Clock,
  modules: ReadonlyMap<string, unknown> = new Map(),
): Simulation => {
  const buses = simulatedBuses(entries, clock, modules);
  const usb = simulatedUsb(entries, clock, modules);
  return {
    name: "simulator",
    openI2c: (bus) => buses.get(busNameOf(bus))?.open(),
    devices: () => usb.devices(),
    watch: (listener) => usb.watch(listener),
    pictures: () =>
      entries.flatMap((entry) => {
        const picture =
          entry.usb === undefined ? buses.get(busNameOf(entry.i2c))?.render(entry.address) : undefined;
        return picture === undefined ? [] : [{ model: entry.model, picture }];
      }),
  };
};

/** Puts the target of one entry on its bus. */
function plug(
  entry: SimulateI2cEntry,
  buses: Map<I2cBusName, SimulatedI2cBus>,
  clock: Clock,
  modules: ReadonlyMap<string, unknown>,
): void {
  const { usb: _, i2c, address, model, faults, ...parameters } = entry;
  const target = findModel(model, MODELS, modules).create(parameters, clock);
  const bus = buses.get(busNameOf(i2c)) ?? new SimulatedI2cBus();
  buses.set(busNameOf(i2c), bus);
  bus.attach(address, target);
  for (const fault of v.parse(faultsSchema, { faults }).faults) bus.inject(fault, address);
}

/** The entry for a person: its model and its place. */
function describe(entry: SimulateEntry): string {
  return `${entry.model} at ${entry.usb === undefined ? hexByte(entry.address) : `USB port ${entry.usb}`}`;
}

/** What is wrong with an entry, as the rest of a sentence. */
function explain(cause: unknown, { model }: SimulateEntry): string {
  if (cause instanceof v.ValiError) return `${explainIssue(cause.issues[0])}.`;
  if (cause instanceof RangeError) return cause.message;
  // A module's author has to see what went wrong in it; in a model of ours it is a bug.
  if (model.includes("/") && cause instanceof Error) return `The module failed: ${cause.message}.`;
  throw cause;
}

function explainIssue(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  const place = path === null ? "" : `"${path}": `;
  if (issue.type === "strict_object" && issue.expected === "never") {
    return `"${path}" is no parameter of this model; remove it, or correct its spelling`;
  }
  if (issue.received === "undefined") return `"${path}" is missing`;
  // Messages of our own say what is expected; valibot's begin with "Invalid", and `expected` says the same shorter.
  return issue.message.startsWith("Invalid")
    ? `${place}expected ${issue.expected}, not ${issue.received}`
    : place + issue.message;
}
