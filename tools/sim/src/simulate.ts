import {
  type Clock,
  HostError,
  type SimulateEntry,
  type SimulateGpioEntry,
  type SimulateI2cEntry,
  type SimulateSpiEntry,
  type SimulateUsbEntry,
} from "@busbar/host";
import {
  busNameOf,
  chipNameOf,
  type GpioBackend,
  type GpioChipName,
  type I2cBackend,
  type I2cBusName,
  type SpiBackend,
  type SpiBusName,
  spiBusNameOf,
  type UsbBackend,
} from "@busbar/host/backend";
import { type GpioPart, hexByte } from "@busbar/model";
import { explainWrongParameter, findModel } from "./find-model.ts";
import { SimulatedGpioChip } from "./gpio/chip.ts";
import { gpioModels } from "./gpio/models.ts";
import { attachGpioEntry } from "./gpio/simulate.ts";
import { SimulatedI2cBus } from "./i2c/bus.ts";
import { attachModel, i2cModels } from "./models/index.ts";
import { attachSpiModel, spiModels } from "./spi/attach.ts";
import { SimulatedSpiBus } from "./spi/bus.ts";
import { SimulatedUsb } from "./usb/bus.ts";
import { plugEntry, usbModels } from "./usb/simulate.ts";

/**
 * The simulated I2C buses of a board's `simulate` list, by name.
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
  putEach(entries, isI2c, ({ usb: _, spi: _spi, gpio: _gpio, i2c, address, model, ...parameters }) => {
    const bus = buses.get(busNameOf(i2c)) ?? new SimulatedI2cBus();
    attachModel(bus, address, findModel(model, "i2c", i2cModels, modules), parameters, clock);
    buses.set(busNameOf(i2c), bus);
  });
  return buses;
}

/**
 * The simulated SPI buses of a board's `simulate` list, by name.
 *
 * @param modules as for {@link simulatedBuses}
 * @throws HostError with code "board", one sentence naming the entry, when a model or a parameter is unknown or wrong,
 *   or two entries share a chip select line
 */
export function simulatedSpi(
  entries: readonly SimulateEntry[],
  clock: Clock,
  modules: ReadonlyMap<string, unknown> = new Map(),
): Map<SpiBusName, SimulatedSpiBus> {
  const buses = new Map<SpiBusName, SimulatedSpiBus>();
  putEach(entries, isSpi, ({ spi, chipSelect, model, ...parameters }) => {
    const name = spiBusNameOf(spi);
    const bus = buses.get(name) ?? new SimulatedSpiBus();
    attachSpiModel(bus, chipSelect, findModel(model, "spi", spiModels, modules), parameters, clock);
    buses.set(name, bus);
  });
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
  putEach(entries, isUsb, (entry) => plugEntry(usb, entry, clock, modules));
  return usb;
}

/** The simulated GPIO chips of a board, and the part of each entry that is on one. */
export interface SimulatedGpio {
  readonly chips: ReadonlyMap<GpioChipName, SimulatedGpioChip>;
  readonly parts: ReadonlyMap<SimulateEntry, GpioPart>;
}

/**
 * The simulated GPIO chips of a board's `simulate` list, by name, their lines wired.
 *
 * @param modules as for {@link simulatedBuses}
 * @throws HostError with code "board", one sentence naming the entry, when a model or a parameter is unknown or wrong,
 *   or two entries share a line
 */
export function simulatedGpio(
  entries: readonly SimulateEntry[],
  clock: Clock,
  modules: ReadonlyMap<string, unknown> = new Map(),
): SimulatedGpio {
  const chips = new Map<GpioChipName, SimulatedGpioChip>();
  const parts = new Map<SimulateEntry, GpioPart>();
  putEach(entries, isGpio, (entry) => {
    const name = chipNameOf(entry.gpio);
    const chip = chips.get(name) ?? new SimulatedGpioChip(clock);
    parts.set(entry, attachGpioEntry(chip, entry, clock, modules));
    chips.set(name, chip);
  });
  return { chips, parts };
}

/** What `simulate` makes: a backend of the host that answers at once, and what a person can see of it. */
export interface Simulation extends I2cBackend, SpiBackend, UsbBackend, GpioBackend {
  /** What the simulated displays show now, as lines of text, in the order of the entries. */
  pictures(): { readonly model: string; readonly picture: string }[];
}

/**
 * The `Simulate` of `@busbar/host`: a backend named "simulator" with the buses and devices of `entries`. Opening a
 * bus twice gives two handles on one bus.
 *
 * @throws HostError as {@link simulatedBuses}, {@link simulatedSpi}, {@link simulatedUsb} and {@link simulatedGpio} do
 */
export const simulate = (
  entries: readonly SimulateEntry[],
  clock: Clock,
  modules: ReadonlyMap<string, unknown> = new Map(),
): Simulation => {
  const buses = simulatedBuses(entries, clock, modules);
  const spi = simulatedSpi(entries, clock, modules);
  const usb = simulatedUsb(entries, clock, modules);
  const { chips, parts } = simulatedGpio(entries, clock, modules);
  const pictureOf = (entry: SimulateEntry) => {
    if (isI2c(entry)) return buses.get(busNameOf(entry.i2c))?.render(entry.address);
    if (isSpi(entry)) return spi.get(spiBusNameOf(entry.spi))?.render(entry.chipSelect);
    return parts.get(entry)?.render?.();
  };
  return {
    name: "simulator",
    openI2c: (bus) => buses.get(busNameOf(bus))?.open(),
    openSpi: (bus, wiring) => spi.get(spiBusNameOf(bus))?.open(wiring),
    openGpioLine: (use) => chips.get(chipNameOf(use.chip))?.open(use),
    devices: () => usb.devices(),
    watch: (listener) => usb.watch(listener),
    pictures: () =>
      entries.flatMap((entry) => {
        const picture = pictureOf(entry);
        return picture === undefined ? [] : [{ model: entry.model, picture }];
      }),
  };
};

// As the host tells them apart: the keys of the buses before may be parameters of the model.
const isGpio = (entry: SimulateEntry): entry is SimulateGpioEntry => entry.gpio !== undefined;
const isSpi = (entry: SimulateEntry): entry is SimulateSpiEntry => !isGpio(entry) && entry.spi !== undefined;
const isUsb = (entry: SimulateEntry): entry is SimulateUsbEntry =>
  !isGpio(entry) && !isSpi(entry) && entry.usb !== undefined;
const isI2c = (entry: SimulateEntry): entry is SimulateI2cEntry =>
  !isGpio(entry) && !isSpi(entry) && !isUsb(entry);

/** Puts the entries of one kind of bus onto it; what is wrong with one is told with its place in the list. */
function putEach<Entry extends SimulateEntry>(
  entries: readonly SimulateEntry[],
  isOne: (entry: SimulateEntry) => entry is Entry,
  put: (entry: Entry) => void,
): void {
  for (const [index, entry] of entries.entries()) {
    if (!isOne(entry)) continue;
    try {
      put(entry);
    } catch (cause) {
      throw new HostError("board", `simulate[${index}] (${describe(entry)}): ${explain(cause, entry)}`, {
        cause,
      });
    }
  }
}

/** The entry for a person: its model and its place. */
function describe(entry: SimulateEntry): string {
  if (isUsb(entry)) return `${entry.model} at USB port ${entry.usb}`;
  if (isGpio(entry))
    return `${entry.model} on lines ${Object.values(entry.lines).join(", ") || "of nothing"}`;
  const place = isSpi(entry) ? `chip select ${entry.chipSelect}` : hexByte(entry.address);
  return `${entry.model} at ${place}`;
}

/** What is wrong with an entry, as the rest of a sentence. */
function explain(cause: unknown, { model }: SimulateEntry): string {
  const wrong = explainWrongParameter(cause);
  if (wrong !== undefined) return wrong;
  // A module's author has to see what went wrong in it; in a model of the simulator it is a bug.
  const isOwn = [i2cModels, spiModels, usbModels, gpioModels].some((models) => models.has(model));
  if (!isOwn && cause instanceof Error) return `The module failed: ${cause.message}.`;
  throw cause;
}
