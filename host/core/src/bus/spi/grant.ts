import * as v from "valibot";
import {
  becomes,
  looseObject,
  modelOf,
  notEmpty,
  oneOf,
  strictObject,
  text,
  upTo,
  wholeNumber,
} from "../../board/values.ts";
import { spiBusNameOf } from "./bus-name.ts";

/** What Linux takes in one message by default (drivers/spi/spidev.c, `bufsiz`), and the most that an entry can grant. */
export const longestSpiLength = 4096;

const busNameHint =
  'expected a bus number such as 0 for /dev/spidev0.1 (or "spi0"), or the name of a bus such as "sim"';

/** No path, no device file with its chip select, no number with zeros before it, no space around it. */
const busNamePattern = /^(?:(?:spi)?(?:0|[1-9][0-9]{0,5})|(?!\/|\s)(?!(?:spi)?[0-9]+$)(?!spidev[0-9]).*\S)$/;

/** One name for each bus, however it is written: two entries on one device, and a simulated bus, are told by it. */
const busName = v.pipe(
  v.union(
    [wholeNumber(0, 999_999), v.pipe(text, notEmpty, upTo(64), v.regex(busNamePattern, busNameHint))],
    busNameHint,
  ),
  becomes<string | number>("spi-bus-name"),
  v.transform(spiBusNameOf),
);

/** Far more lines than any controller has. */
const chipSelect = wholeNumber(0, 255);

/** The SPI part of an entry, as a board file has it. */
export const spiGrant = strictObject({
  bus: v.pipe(busName, v.description("The bus: B for /dev/spidevB.C, or the name of a simulated bus.")),
  chipSelect: v.pipe(chipSelect, v.description("The chip select line: C for /dev/spidevB.C.")),
  mode: v.pipe(
    v.optional(wholeNumber(0, 3), 0),
    v.description("The SPI mode, as data sheets number them: CPOL is bit 1, CPHA bit 0."),
  ),
  maximumHz: v.pipe(
    v.optional(wholeNumber(1, 4_294_967_295), 1_000_000),
    v.description("The clock is never faster, in Hz. What the data sheet and the wires allow."),
  ),
  bitOrder: v.pipe(
    v.optional(oneOf("msb-first", "lsb-first"), "msb-first"),
    v.description("Which bit of a byte is first on the wire."),
  ),
  direction: v.pipe(
    v.optional(oneOf("read", "write", "read-write"), "read-write"),
    v.description("What the driver may do on the bus; a transfer in both directions at once needs both."),
  ),
  maximumLength: v.pipe(
    v.optional(wholeNumber(1, longestSpiLength), longestSpiLength),
    v.description("The most bytes of one read, write or transfer. 4096 is what Linux takes in one message."),
  ),
});

/** The SPI part of an entry: one device, and what may be done with it. */
export type SpiGrant = v.InferOutput<typeof spiGrant>;

/** The SPI part of an entry as it is written: defaults left out. */
export type WrittenSpiGrant = v.InferInput<typeof spiGrant>;

/** A simulated device on an SPI bus, as the board's `simulate` list has it; its model checks its parameters. */
export const simulatedSpi = looseObject({
  spi: v.pipe(busName, v.description("The name of the simulated bus.")),
  chipSelect,
  model: modelOf('"bme280", "shift-register"'),
});
