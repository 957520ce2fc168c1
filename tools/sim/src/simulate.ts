import {
  type Clock,
  HostError,
  type Simulate,
  type SimulateEntry,
  type SimulateI2cEntry,
} from "@busbar/host";
import { busNameOf, type I2cBusName } from "@busbar/host/backend";
import { hexByte } from "@busbar/model";
import { explainWrongParameter, findModel } from "./find-model.ts";
import { SimulatedI2cBus } from "./i2c/bus.ts";
import { attachModel, i2cModels } from "./models/index.ts";
import { SimulatedUsb } from "./usb/bus.ts";
import { plugEntry, usbModels } from "./usb/simulate.ts";

/**
 * The simulated buses of a board's `simulate` list, by name.
 *
 * @param modules what the modules and packages that entries name as models export by default; none where left out
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
  const { usb: _, i2c, address, model, ...parameters } = entry;
  const bus = buses.get(busNameOf(i2c)) ?? new SimulatedI2cBus();
  attachModel(bus, address, findModel(model, "i2c", i2cModels, modules), parameters, clock);
  buses.set(busNameOf(i2c), bus);
}

/** The entry for a person: its model and its place. */
function describe(entry: SimulateEntry): string {
  return `${entry.model} at ${entry.usb === undefined ? hexByte(entry.address) : `USB port ${entry.usb}`}`;
}

/** What is wrong with an entry, as the rest of a sentence. */
function explain(cause: unknown, { model }: SimulateEntry): string {
  const wrong = explainWrongParameter(cause);
  if (wrong !== undefined) return wrong;
  // A module's author has to see what went wrong in it; in a model of the simulator it is a bug.
  const isOwn = i2cModels.has(model) || usbModels.has(model);
  if (!isOwn && cause instanceof Error) return `The module failed: ${cause.message}.`;
  throw cause;
}
