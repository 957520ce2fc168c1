import type * as v from "valibot";
import type { ModelClock, UsbModelClock } from "./clock.ts";
import type { GpioPart } from "./gpio/part.ts";
import type { I2cTarget } from "./i2c/target.ts";
import { parseParameters } from "./parameters.ts";
import type { SpiTarget } from "./spi/target.ts";
import { type ModelSurroundings, nothingElse } from "./surroundings.ts";
import type { UartPart } from "./uart/part.ts";
import type { UsbDevice } from "./usb/device.ts";

/** A model of an I2C chip as the board file's `simulate` list names it. */
export interface I2cModel {
  readonly bus: "i2c";

  /**
   * Makes one target.
   *
   * @param parameters the model's part of the simulate entry, not yet checked
   * @param surroundings nothing else where left out
   * @throws RangeError, one sentence, when a parameter is unknown or wrong
   */
  create(parameters: unknown, clock: ModelClock, surroundings?: ModelSurroundings): I2cTarget;

  /**
   * The pins that its parts have beside their bus, by its own names for them. An entry of a board wires those that it wants to lines
   * of simulated GPIO chips: `"lines": { "data-ready": { "chip": "sim", "line": 4 } }`.
   */
  readonly pins?: readonly string[];

  /** The same chip on SPI, where it can be wired to that as well: `export default { ...onI2c, spi: onSpi }`. */
  readonly spi?: SpiModel;
}

/** A model of a chip on SPI as the board file's `simulate` list names it. */
export interface SpiModel {
  readonly bus: "spi";

  /**
   * Makes one target.
   *
   * @param parameters the model's part of the simulate entry, not yet checked
   * @throws RangeError, one sentence, when a parameter is unknown or wrong
   */
  create(parameters: unknown, clock: ModelClock): SpiTarget;

  /**
   * The pins that its parts have beside their bus, by its own names for them. An entry of a board wires those that it wants to lines
   * of simulated GPIO chips: `"lines": { "data-ready": { "chip": "sim", "line": 4 } }`.
   */
  readonly pins?: readonly string[];
}

/** A model of a part on GPIO lines as the board file's `simulate` list names it. */
export interface GpioModel {
  readonly bus: "gpio";
  /** The lines that it has, by its own names for them. An entry of a board need not have all of them. */
  readonly lines: readonly string[];

  /**
   * Makes one part.
   *
   * @param parameters the model's part of the simulate entry, not yet checked
   * @throws RangeError, one sentence, when a parameter is unknown or wrong
   */
  create(parameters: unknown, clock: ModelClock): GpioPart;
}

/** A model of a part on a serial line as the board file's `simulate` list names it. */
export interface UartModel {
  readonly bus: "uart";

  /**
   * Makes one part.
   *
   * @param parameters the model's part of the simulate entry, not yet checked
   * @throws RangeError, one sentence, when a parameter is unknown or wrong
   */
  create(parameters: unknown, clock: ModelClock): UartPart;
}

/** A model of a USB device as the board file's `simulate` list names it. */
export interface UsbModel {
  readonly bus: "usb";

  /**
   * Makes one device.
   *
   * @param parameters the model's part of the simulate entry, not yet checked
   * @param surroundings nothing else where left out
   * @throws RangeError, one sentence, when a parameter is unknown or wrong
   */
  create(parameters: unknown, clock: UsbModelClock, surroundings?: ModelSurroundings): UsbDevice;
}

/** Ties a model's parameters, which `schema` checks and completes, to the target that is made from them. @param pins as of the model */
export function defineModel<Schema extends v.GenericSchema>(
  schema: Schema,
  create: (
    parameters: v.InferOutput<Schema>,
    clock: ModelClock,
    surroundings: ModelSurroundings,
  ) => I2cTarget,
  pins?: readonly string[],
): I2cModel {
  return {
    bus: "i2c",
    create: (parameters, clock, surroundings = nothingElse) =>
      create(parseParameters(schema, parameters), clock, surroundings),
    ...(pins && { pins }),
  };
}

/** Ties a model's parameters, which `schema` checks and completes, to the target on SPI that is made from them. @param pins as of the model */
export function defineSpiModel<Schema extends v.GenericSchema>(
  schema: Schema,
  create: (parameters: v.InferOutput<Schema>, clock: ModelClock) => SpiTarget,
  pins?: readonly string[],
): SpiModel {
  return {
    bus: "spi",
    create: (parameters, clock) => create(parseParameters(schema, parameters), clock),
    ...(pins && { pins }),
  };
}

/** Ties a model's parameters, which `schema` checks and completes, to the part on `lines` that is made from them. */
export function defineGpioModel<Schema extends v.GenericSchema>(
  lines: readonly string[],
  schema: Schema,
  create: (parameters: v.InferOutput<Schema>, clock: ModelClock) => GpioPart,
): GpioModel {
  return {
    bus: "gpio",
    lines,
    create: (parameters, clock) => create(parseParameters(schema, parameters), clock),
  };
}

/** Ties a model's parameters, which `schema` checks and completes, to the part on a serial line that is made from them. */
export function defineUartModel<Schema extends v.GenericSchema>(
  schema: Schema,
  create: (parameters: v.InferOutput<Schema>, clock: ModelClock) => UartPart,
): UartModel {
  return {
    bus: "uart",
    create: (parameters, clock) => create(parseParameters(schema, parameters), clock),
  };
}

/** Ties a model's parameters, which `schema` checks and completes, to the device that is made from them. */
export function defineUsbModel<Schema extends v.GenericSchema>(
  schema: Schema,
  create: (
    parameters: v.InferOutput<Schema>,
    clock: UsbModelClock,
    surroundings: ModelSurroundings,
  ) => UsbDevice,
): UsbModel {
  return {
    bus: "usb",
    create: (parameters, clock, surroundings = nothingElse) =>
      create(parseParameters(schema, parameters), clock, surroundings),
  };
}
