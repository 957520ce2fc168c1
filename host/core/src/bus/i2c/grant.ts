import * as v from "valibot";
import {
  becomes,
  list,
  looseObject,
  modelOf,
  notEmpty,
  oneOf,
  strictObject,
  text,
  upTo,
  wholeNumber,
} from "../../board/values.ts";
import { busNameOf } from "./bus-name.ts";

/** What Linux allows of one I2C message (drivers/i2c/i2c-dev.c), and the most that an entry can grant. */
export const longestI2cLength = 8192;

/** UM10204 section 3.1.12: 0x00..0x07 and 0x78..0x7F are reserved and never a device's own address. */
const lowestAddress = 0x08;
const highestAddress = 0x77;

const addressRange = 'expected a 7-bit I2C address from "0x08" to "0x77"';

const address = v.pipe(
  v.union(
    [
      wholeNumber(lowestAddress, highestAddress),
      // The JSON schema can say the range of a text only as a pattern: 0x08..0x0F, 0x10..0x6F, 0x70..0x77.
      v.pipe(text, v.regex(/^0x(0?[89a-fA-F]|[1-6][0-9a-fA-F]|7[0-7])$/, addressRange)),
    ],
    addressRange,
  ),
  becomes<string | number>("number"),
  v.transform(Number),
);

const busNameHint =
  'expected a bus number such as 1 for /dev/i2c-1 (or "i2c-1", "/dev/i2c-1"), or the name of a bus such as "sim"';

/** No other path, no number with zeros before it, no space around it: what looks like another bus's name is none. */
const busNamePattern = /^(?:(?:(?:\/dev\/)?i2c-)?(?:0|[1-9][0-9]{0,5})|(?!\/|\s)(?!(?:i2c-)?[0-9]+$).*\S)$/;

/** One name for each bus, however it is written: two entries on one target, and a simulated bus, are told by it. */
const busName = v.pipe(
  v.union(
    [wholeNumber(0, 999_999), v.pipe(text, notEmpty, upTo(64), v.regex(busNamePattern, busNameHint))],
    busNameHint,
  ),
  becomes<string | number>("bus-name"),
  v.transform(busNameOf),
);

/** One target, or the several that some parts are: memories in banks, displays, port expanders. */
const addresses = v.pipe(
  v.union(
    [
      address,
      v.pipe(
        list(address),
        v.minLength(1, "expected at least one address"),
        v.maxLength(16, "expected at most 16 addresses"),
        v.checkItems((each, index, all) => all.indexOf(each) === index, "expected no address twice"),
      ),
    ],
    `${addressRange}, or a list of such`,
  ),
);

/** The I2C part of an entry, as a board file has it. */
export const i2cGrant = strictObject({
  bus: v.pipe(busName, v.description("The bus: N for /dev/i2c-N, or the name of a simulated bus.")),
  address: v.pipe(
    addresses,
    v.description(
      'The 7-bit address of the target: "0x76"; where a part answers at several, all of them: ["0x50", "0x51"].',
    ),
  ),
  direction: v.pipe(
    v.optional(oneOf("read", "write", "read-write"), "read-write"),
    v.description("What the driver may do on the bus."),
  ),
  maximumLength: v.pipe(
    v.optional(wholeNumber(1, longestI2cLength), longestI2cLength),
    v.description("The most bytes of one read or write. 8192 is what Linux allows."),
  ),
});

/** The I2C part of an entry: one target, and what may be done with it. */
export type I2cGrant = v.InferOutput<typeof i2cGrant>;

/** The I2C part of an entry as it is written: addresses as text, defaults left out. */
export type WrittenI2cGrant = v.InferInput<typeof i2cGrant>;

/** A simulated device on an I2C bus, as the board's `simulate` list has it; its model checks its parameters. */
export const simulatedI2c = looseObject({
  i2c: v.pipe(busName, v.description("The name of the simulated bus.")),
  address,
  model: modelOf('"bme280", "registers"'),
});
