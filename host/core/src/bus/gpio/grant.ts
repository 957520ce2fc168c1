import * as v from "valibot";
import {
  becomes,
  looseObject,
  modelOf,
  name,
  notEmpty,
  oneOf,
  record,
  strictObject,
  text,
  upTo,
  wholeNumber,
} from "../../board/values.ts";
import { chipNameOf } from "./chip-name.ts";

/** The most lines of one entry: as many as one request of Linux has (GPIO_V2_LINES_MAX). */
const mostLines = 64;

const chipHint =
  'expected a chip number such as 0 for /dev/gpiochip0 (or "gpiochip0", "/dev/gpiochip0"), or the label of a chip';

/** No other path, no number with zeros before it, no space around it: what looks like another chip's name is none. */
const chipPattern =
  /^(?:(?:(?:\/dev\/)?gpiochip)?(?:0|[1-9][0-9]{0,5})|(?!\/|\s)(?!(?:gpiochip)?[0-9]+$).*\S)$/;

/** One name for each chip, however it is written: two entries on one line, and a simulated chip, are told by it. */
const chipName = v.pipe(
  v.union(
    [wholeNumber(0, 999_999), v.pipe(text, notEmpty, upTo(64), v.regex(chipPattern, chipHint))],
    chipHint,
  ),
  becomes<string | number>("gpio-chip-name"),
  v.transform(chipNameOf),
);

const lineHint = 'expected the offset of a line such as 17, or its name such as "GPIO17"';

/** Linux numbers the lines of a chip in 16 bits at most, and has names of up to 31 bytes (GPIO_MAX_NAME_SIZE). */
const offset = wholeNumber(0, 65_535);

/** Digits alone would look like an offset and be a name. */
const lineName = v.union(
  [offset, v.pipe(text, notEmpty, upTo(31), v.regex(/^(?!\s)(?![0-9]+$).*\S$/, lineHint))],
  lineHint,
);

const line = strictObject({
  chip: v.pipe(
    chipName,
    v.description("The chip: N for /dev/gpiochipN, its label, or the name of a simulated chip."),
  ),
  line: v.pipe(lineName, v.description('The line: its offset on the chip, or its name: 17, "GPIO17".')),
  direction: v.pipe(
    oneOf("in", "out", "in-out"),
    v.description(
      "What the driver may do with it. An output is inactive when the driver starts and when it ends.",
    ),
  ),
  pull: v.pipe(
    v.optional(oneOf("up", "down")),
    v.description("The resistor that holds it; as it is where it is not set."),
  ),
  activeLevel: v.pipe(
    v.optional(oneOf("active-high", "active-low"), "active-high"),
    v.description('Which voltage means "active" to the driver.'),
  ),
  drive: v.pipe(
    v.optional(oneOf("push-pull", "open-drain")),
    v.description(
      'Of an output: "open-drain" only pulls the line low, and lets it go for high. Both levels are driven where it is not set.',
    ),
  ),
  debounceMs: v.pipe(
    v.optional(wholeNumber(1, 10_000)),
    v.description(
      "Of an input: how long it has to stay as it is for a change to count, in milliseconds. Every change counts where it is not set.",
    ),
  ),
});

/** The GPIO part of an entry, as a board file has it. */
export const gpioGrant = strictObject({
  lines: v.pipe(
    record(name, line),
    v.maxEntries(mostLines, `expected at most ${mostLines} lines`),
    v.description("The lines, by the names that the driver has for them; its README lists these."),
  ),
});

/** The GPIO part of an entry: some lines, and what may be done with each. */
export type GpioGrant = v.InferOutput<typeof gpioGrant>;

/** One line of an entry. */
export type GpioLineGrant = GpioGrant["lines"][string];

/** The GPIO part of an entry as it is written: defaults left out. */
export type WrittenGpioGrant = v.InferInput<typeof gpioGrant>;

/** A simulated device on some lines of a chip, as the board's `simulate` list has it; its model checks its parameters. */
export const simulatedGpio = looseObject({
  gpio: v.pipe(chipName, v.description("The name of the simulated chip.")),
  lines: v.pipe(
    record(name, offset),
    v.maxEntries(mostLines, `expected at most ${mostLines} lines`),
    v.description(
      "The offsets on the chip of the lines that the model has, by the names that it has for them.",
    ),
  ),
  model: modelOf('"@busbar/button", "lines"'),
});
