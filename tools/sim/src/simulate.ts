import {
  type Clock,
  HostError,
  type SimulateEntry,
  type SimulateGpioEntry,
  type SimulateI2cEntry,
  type SimulateSpiEntry,
  type SimulateUartEntry,
  type SimulateUsbEntry,
} from "@busbar/host";
import {
  busNameOf,
  type GpioBackend,
  type I2cBackend,
  type I2cBusName,
  type SpiBackend,
  type SpiBusName,
  spiBusNameOf,
  type UartBackend,
  type UartPortName,
  type UsbBackend,
  uartPortNameOf,
} from "@busbar/host/backend";
import { type GpioPart, hexByte, type ModelSurroundings } from "@busbar/model";
import { explainWrongParameter, findModel } from "./find-model.ts";
import { SimulatedGpioChips } from "./gpio/chips.ts";
import { gpioModels } from "./gpio/models.ts";
import { PinsOfModel } from "./gpio/pins-of-model.ts";
import { attachGpioEntry } from "./gpio/simulate.ts";
import { SimulatedI2cBus } from "./i2c/bus.ts";
import { attachModel, i2cModels } from "./models/index.ts";
import { attachSpiModel, spiModels } from "./spi/attach.ts";
import { SimulatedSpiBus } from "./spi/bus.ts";
import { attachUartModel } from "./uart/attach.ts";
import { uartModels } from "./uart/models.ts";
import type { SimulatedUart } from "./uart/port.ts";
import { SimulatedUsb } from "./usb/bus.ts";
import { plugEntry, usbModels } from "./usb/simulate.ts";

/**
 * The simulated I2C buses of a board's `simulate` list, by name.
 *
 * @param modules what the modules and packages that entries name as models export by default; none where left out
 * @param chips the GPIO chips of the board, to which parts are wired that have lines beside their bus
 * @throws HostError with code "board", one sentence naming the entry, when a model or a parameter is unknown or wrong,
 *   or two entries share an address
 */
export function simulatedBuses(
  entries: readonly SimulateEntry[],
  clock: Clock,
  modules: ReadonlyMap<string, unknown> = new Map(),
  chips = new SimulatedGpioChips(clock),
): Map<I2cBusName, SimulatedI2cBus> {
  // All of them first: a multiplexer is on two.
  const i2c = entries.filter(isI2c);
  const buses = new Map(i2c.map((entry) => [busNameOf(entry.i2c), new SimulatedI2cBus()]));
  const surroundings = surroundingsOf(chips, buses);
  putEach(
    entries,
    isI2c,
    ({ usb: _, spi: _spi, gpio: _gpio, uart: _uart, i2c, address, model, ...parameters }) => {
      const found = findModel(model, "i2c", i2cModels, modules);
      attachModel(buses.get(busNameOf(i2c))!, address, found, parameters, clock, chips, surroundings);
    },
  );
  return buses;
}

/** What models of what drives a bus find. */
function surroundingsOf(
  chips: SimulatedGpioChips,
  buses: ReadonlyMap<I2cBusName, SimulatedI2cBus>,
  spi: ReadonlyMap<SpiBusName, SimulatedSpiBus> = new Map(),
): ModelSurroundings {
  const found = <Bus>(bus: Bus | undefined, what: string): Bus => {
    if (bus !== undefined) return bus;
    throw new RangeError(`Nothing is simulated on the ${what}; add an entry that is.`);
  };
  return {
    i2c: (name) => found(buses.get(busNameOf(name)), `I2C bus "${name}"`),
    spi: (name) => found(spi.get(spiBusNameOf(name)), `SPI bus "${name}"`),
    gpio: (name) => new PinsOfModel(chips.chip(name)),
  };
}

/**
 * The simulated SPI buses of a board's `simulate` list, by name.
 *
 * @param modules as for {@link simulatedBuses}
 * @param chips as for {@link simulatedBuses}
 * @throws HostError with code "board", one sentence naming the entry, when a model or a parameter is unknown or wrong,
 *   or two entries share a chip select line
 */
export function simulatedSpi(
  entries: readonly SimulateEntry[],
  clock: Clock,
  modules: ReadonlyMap<string, unknown> = new Map(),
  chips = new SimulatedGpioChips(clock),
): Map<SpiBusName, SimulatedSpiBus> {
  const buses = new Map<SpiBusName, SimulatedSpiBus>();
  putEach(entries, isSpi, ({ spi, chipSelect, model, ...parameters }) => {
    const name = spiBusNameOf(spi);
    const bus = buses.get(name) ?? new SimulatedSpiBus();
    attachSpiModel(bus, chipSelect, findModel(model, "spi", spiModels, modules), parameters, clock, chips);
    buses.set(name, bus);
  });
  return buses;
}

/**
 * The simulated USB of a board's `simulate` list, its devices plugged in.
 *
 * @param modules as for {@link simulatedBuses}
 * @param surroundings what else is simulated; nothing where left out
 * @throws HostError with code "board", one sentence naming the entry, when a model or a parameter is unknown or wrong,
 *   or two entries share a port
 */
export function simulatedUsb(
  entries: readonly SimulateEntry[],
  clock: Clock,
  modules: ReadonlyMap<string, unknown> = new Map(),
  surroundings?: ModelSurroundings,
): SimulatedUsb {
  const usb = new SimulatedUsb(clock);
  putEach(entries, isUsb, (entry) => plugEntry(usb, entry, clock, modules, surroundings));
  return usb;
}

/** The simulated GPIO chips of a board, and the part of each entry that is on one. */
export interface SimulatedGpio {
  readonly chips: SimulatedGpioChips;
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
  const chips = new SimulatedGpioChips(clock);
  const parts = new Map<SimulateEntry, GpioPart>();
  putEach(entries, isGpio, (entry) => {
    parts.set(entry, attachGpioEntry(chips.chip(entry.gpio), entry, clock, modules));
  });
  return { chips, parts };
}

/**
 * The simulated serial ports of a board's `simulate` list, by name.
 *
 * @param modules as for {@link simulatedBuses}
 * @throws HostError with code "board", one sentence naming the entry, when a model or a parameter is unknown or wrong,
 *   or two entries share a port
 */
export function simulatedUart(
  entries: readonly SimulateEntry[],
  clock: Clock,
  modules: ReadonlyMap<string, unknown> = new Map(),
): Map<UartPortName, SimulatedUart> {
  const ports = new Map<UartPortName, SimulatedUart>();
  putEach(entries, isUart, ({ uart, model, ...parameters }) => {
    const name = uartPortNameOf(uart);
    if (ports.has(name)) throw new RangeError("Something is on this port already; choose another name.");
    ports.set(name, attachUartModel(findModel(model, "uart", uartModels, modules), parameters, clock));
  });
  return ports;
}

/** What `simulate` makes: a backend of the host that answers at once, and what a person can see of it. */
export interface Simulation extends I2cBackend, SpiBackend, UsbBackend, GpioBackend, UartBackend {
  /** What the simulated displays show now, as lines of text, in the order of the entries. */
  pictures(): { readonly model: string; readonly picture: string }[];
}

/**
 * The `Simulate` of `@busbar/host`: a backend named "simulator" with the buses and devices of `entries`. Opening a
 * bus twice gives two handles on one bus.
 *
 * @throws HostError as {@link simulatedBuses}, {@link simulatedSpi}, {@link simulatedUsb}, {@link simulatedGpio} and {@link simulatedUart} do
 */
export const simulate = (
  entries: readonly SimulateEntry[],
  clock: Clock,
  modules: ReadonlyMap<string, unknown> = new Map(),
): Simulation => {
  const { chips, parts } = simulatedGpio(entries, clock, modules);
  const buses = simulatedBuses(entries, clock, modules, chips);
  const spi = simulatedSpi(entries, clock, modules, chips);
  const usb = simulatedUsb(entries, clock, modules, surroundingsOf(chips, buses, spi));
  const uarts = simulatedUart(entries, clock, modules);
  const pictureOf = (entry: SimulateEntry) => {
    if (isI2c(entry)) return buses.get(busNameOf(entry.i2c))?.render(entry.address);
    if (isSpi(entry)) return spi.get(spiBusNameOf(entry.spi))?.render(entry.chipSelect);
    if (isUart(entry)) return uarts.get(uartPortNameOf(entry.uart))?.render();
    return parts.get(entry)?.render?.();
  };
  return {
    name: "simulator",
    openI2c: (bus) => buses.get(busNameOf(bus))?.open(),
    openSpi: (bus, wiring) => spi.get(spiBusNameOf(bus))?.open(wiring),
    openGpioLine: (use) => chips.get(use.chip)?.open(use),
    openUart: (port, use) => uarts.get(uartPortNameOf(port))?.open(use),
    hasUart: (port) => uarts.get(uartPortNameOf(port))?.isThere ?? false,
    watchUart: (port, listener) => uarts.get(uartPortNameOf(port))?.watch(listener) ?? nothing,
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
const isUart = (entry: SimulateEntry): entry is SimulateUartEntry => entry.uart !== undefined;
const isGpio = (entry: SimulateEntry): entry is SimulateGpioEntry =>
  !isUart(entry) && entry.gpio !== undefined;
const isSpi = (entry: SimulateEntry): entry is SimulateSpiEntry =>
  !isUart(entry) && !isGpio(entry) && entry.spi !== undefined;
const isUsb = (entry: SimulateEntry): entry is SimulateUsbEntry =>
  !isUart(entry) && !isGpio(entry) && !isSpi(entry) && entry.usb !== undefined;
const isI2c = (entry: SimulateEntry): entry is SimulateI2cEntry =>
  !isUart(entry) && !isGpio(entry) && !isSpi(entry) && !isUsb(entry);

/** Of a port that nobody simulates nothing is heard. */
const nothing: Disposable = { [Symbol.dispose]() {} };

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
  if (isUart(entry)) return `${entry.model} on the serial port ${entry.uart}`;
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
  const isOwn = [i2cModels, spiModels, usbModels, gpioModels, uartModels].some((models) => models.has(model));
  if (!isOwn && cause instanceof Error) return `The module failed: ${cause.message}.`;
  throw cause;
}
