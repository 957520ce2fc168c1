import type { GpioModel, I2cModel, SpiModel, UartModel, UsbModel } from "@busbar/model";

/** The models of each kind of bus, by its key in a board file. */
interface ModelOfBus {
  readonly gpio: GpioModel;
  readonly i2c: I2cModel;
  readonly spi: SpiModel;
  readonly uart: UartModel;
  readonly usb: UsbModel;
}

/** A kind of bus whose devices can be simulated. */
export type SimulatedBus = keyof ModelOfBus;

/** The models of one kind of bus. */
export type ModelOf<Bus extends SimulatedBus> = ModelOfBus[Bus];

/** What a model is of, and how an entry of the `simulate` list says where it is. */
const places: Readonly<Record<SimulatedBus, { readonly is: string; readonly keys: string }>> = {
  gpio: { is: "a part on GPIO lines", keys: '"gpio" and "lines"' },
  i2c: { is: "an I2C chip", keys: '"i2c" and "address"' },
  spi: { is: "an SPI device", keys: '"spi" and "chipSelect"' },
  uart: { is: "a part on a serial line", keys: '"uart"' },
  usb: { is: "a USB device", keys: '"usb"' },
};

/**
 * The model that an entry of the `simulate` list names.
 *
 * @param own the simulator's, by name
 * @param modules what modules and installed packages export by default, by the name in the entry
 * @throws RangeError for an unknown name, for a module whose default export is no model, and for a model of another bus
 */
export function findModel<Bus extends SimulatedBus>(
  name: string,
  bus: Bus,
  own: ReadonlyMap<string, ModelOf<Bus>>,
  modules: ReadonlyMap<string, unknown>,
): ModelOf<Bus> {
  const model = own.get(name) ?? modules.get(name);
  if (model === undefined) {
    const installed = [...modules]
      .filter(([, each]) => modelOn(each, bus) !== undefined)
      .map(([each]) => each);
    throw new RangeError(
      `There is no such model; choose one of ${[...own.keys(), ...installed].join(", ")}, install the package of the ` +
        'driver that has it, or name a module such as "./model.ts".',
    );
  }
  if (!isModel(model)) {
    throw new RangeError('Its default export is no model; write "export default defineModel(...)".');
  }
  const found = modelOn(model, bus);
  if (found !== undefined) return found;
  const { is, keys } = places[model.bus as SimulatedBus] ?? { is: "something else", keys: "its own bus" };
  throw new RangeError(`It is the model of ${is}; write ${keys} instead of ${places[bus].keys}.`);
}

/** What a module may export; that its functions are right shows when they are called. */
interface AnyModel {
  readonly create: unknown;
  readonly bus?: unknown;
}

function isModel(value: unknown): value is AnyModel {
  return typeof (value as { create?: unknown } | null)?.create === "function";
}

/**
 * The model for a bus, where something is one: the model itself, or the one that it has for another bus under that one's key. One that
 * does not say what it is for is believed: it is somebody's own object with a `create`.
 */
export function modelOn<Bus extends SimulatedBus>(model: unknown, bus: Bus): ModelOf<Bus> | undefined {
  if (!isModel(model)) return undefined;
  if (model.bus === undefined || model.bus === bus) return model as AnyModel as ModelOf<Bus>;
  const other = Object.hasOwn(model, bus) ? (model as unknown as Record<string, unknown>)[bus] : undefined;
  return isModel(other) && other.bus === bus ? (other as AnyModel as ModelOf<Bus>) : undefined;
}

/** What is wrong with a model's name or a parameter, as a sentence; undefined where it is something else that failed. */
export function explainWrongParameter(cause: unknown): string | undefined {
  return cause instanceof RangeError ? cause.message : undefined;
}
