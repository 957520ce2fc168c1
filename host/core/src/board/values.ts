import * as v from "valibot";
import { noList } from "./no-list.ts";

/**
 * What the board file's schema is made of, its buses' parts too: every check says in one sentence what is expected, and no
 * list passes for an object.
 */

const anObject = "expected an object";
/** An object with these keys and no others. */
export const strictObject = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  noList(v.strictObject(entries, anObject));
/** An object with these keys, and any others. */
export const looseObject = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  noList(v.looseObject(entries, anObject));
/** An object with any keys of a kind. */
export const record = <
  const Key extends v.BaseSchema<string, string, v.BaseIssue<unknown>>,
  const Value extends v.GenericSchema,
>(
  key: Key,
  value: Value,
) => noList(v.record(key, value, anObject));

/** A text of any length. */
export const text = v.string("expected a text");
/** `true` or `false`. */
export const trueOrFalse = v.boolean("expected true or false");
/** A list of such items, of any length. */
export const list = <const Item extends v.GenericSchema>(item: Item) => v.array(item, "expected a list");
/** One of a few texts. */
export const oneOf = <const Options extends readonly string[]>(...options: Options) =>
  v.picklist(options, `expected one of ${options.map((option) => `"${option}"`).join(", ")}`);

/** At least one character. */
export const notEmpty = v.minLength<string, 1, string>(1, "expected at least one character");
/** At most so many UTF-16 code units, or entries. */
export const upTo = <const Maximum extends number>(maximum: Maximum) =>
  v.maxLength<string, Maximum, string>(maximum, `expected at most ${maximum}`);

/**
 * What a checked value becomes, in the words of the JSON schema, for the hosts that read only that: "number", "text",
 * "bus-name" for I2C, "spi-bus-name", "gpio-chip-name" or "uart-port-name".
 */
export const becomes = <Value>(
  what: "number" | "text" | "bus-name" | "spi-bus-name" | "gpio-chip-name" | "uart-port-name",
) => v.metadata<Value, { readonly "x-becomes": string }>({ "x-becomes": what });

/** The name of a device or an app. */
export const name = v.pipe(
  text,
  v.regex(/^[a-z][a-z0-9-]*$/, "a name starts with a letter and has only a-z, 0-9 and '-'"),
  upTo(64),
);

/** A whole number in this range, both ends included. */
export const wholeNumber = (minimum: number, maximum: number) =>
  v.pipe(
    v.number("expected a whole number"),
    v.integer("expected a whole number"),
    v.minValue(minimum, `expected at least ${minimum}`),
    v.maxValue(maximum, `expected at most ${maximum}`),
  );

/**
 * The model of a simulated device.
 *
 * @param examples of models: '"bme280", "registers"'
 */
export const modelOf = (examples: string) =>
  v.pipe(
    text,
    notEmpty,
    v.description(
      `The device model: ${examples}. Or a module that exports one: "./model.ts", beside the board file, or an export of an ` +
        "installed package. Such a module runs with all rights of the host; name only what you would install.",
    ),
  );
