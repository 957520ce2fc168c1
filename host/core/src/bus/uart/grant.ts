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
import { uartPortNameOf } from "./port-name.ts";

/** What a tty of Linux keeps for who does not read (drivers/tty/n_tty.c, N_TTY_BUF_SIZE), and the most that an entry can grant. */
export const longestUartLength = 4096;

/** The slowest speed of termios, in bits per second. */
export const slowestUart = 50;

/** What the fastest USB adapters do (FT232H), in bits per second. */
export const fastestUart = 12_000_000;

/** More speeds than any part can be switched between. */
const mostBaudRates = 32;

const portHint =
  'expected the name of a port such as "ttyUSB0" (or "/dev/ttyUSB0"), "/dev/serial/by-id/...", or "sim"';

/** A path below /dev, with or without that; nothing empty, no way out of it, no space. */
const portPattern = /^(?:\/dev\/)?(?!\.{1,2}(?:\/|$))[^/\s]+(?:\/(?!\.{1,2}(?:\/|$))[^/\s]+)*$/;

/** One name for each port, however it is written: two entries on one port, and a simulated port, are told by it. */
const portName = v.pipe(
  text,
  notEmpty,
  upTo(255),
  v.regex(portPattern, portHint),
  becomes<string>("uart-port-name"),
  v.transform(uartPortNameOf),
);

const baudRate = wholeNumber(slowestUart, fastestUart);

/** The serial part of an entry, as a board file has it. */
export const uartGrant = strictObject({
  port: v.pipe(
    portName,
    v.description('The port: "ttyUSB0" for /dev/ttyUSB0, a path of udev, or the name of a simulated port.'),
  ),
  baudRate: v.pipe(v.optional(baudRate, 9600), v.description("Bits per second.")),
  dataBits: v.pipe(v.optional(wholeNumber(5, 8), 8), v.description("The data bits of a byte.")),
  parity: v.pipe(
    v.optional(oneOf("none", "odd", "even", "mark", "space"), "none"),
    v.description("What is sent after the data bits."),
  ),
  stopBits: v.pipe(v.optional(wholeNumber(1, 2), 1), v.description("The stop bits of a byte.")),
  flowControl: v.pipe(
    v.optional(oneOf("none", "hardware"), "none"),
    v.description('Who may stop whom: "hardware" is by the lines RTS and CTS.'),
  ),
  baudRates: v.pipe(
    v.optional(
      v.pipe(list(baudRate), v.maxLength(mostBaudRates, `expected at most ${mostBaudRates} speeds`)),
      [],
    ),
    v.description("The other speeds to which the driver may switch the port. None where it is not set."),
  ),
  direction: v.pipe(
    v.optional(oneOf("read", "write", "read-write"), "read-write"),
    v.description("What the driver may do on the port."),
  ),
  maximumLength: v.pipe(
    v.optional(wholeNumber(1, longestUartLength), longestUartLength),
    v.description("The most bytes of one read or write. 4096 is what Linux keeps of what was not read."),
  ),
});

/** The serial part of an entry: one port, how it is set, and what may be done with it. */
export type UartGrant = v.InferOutput<typeof uartGrant>;

/** The serial part of an entry as it is written: defaults left out. */
export type WrittenUartGrant = v.InferInput<typeof uartGrant>;

/** A simulated device on a serial port, as the board's `simulate` list has it; its model checks its parameters. */
export const simulatedUart = looseObject({
  uart: v.pipe(portName, v.description("The name of the simulated port.")),
  model: modelOf('"@busbar/nmea-gps", "loopback"'),
});
