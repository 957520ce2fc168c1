/** A driver's options, declared once: their types, defaults and checks, and how the board file spells them. */

import { DriverError } from "./errors.ts";

/** One option of a driver. Made by `oneOf`, `integer` and `flag`. */
export interface Option<Value> {
  /** The value where nothing is set. */
  readonly fallback: Value;
  /** What is allowed, to follow "must be": "one of off, 2, 4". */
  readonly allowed: string;
  /** The value that a setting's text stands for; `undefined` where it stands for none. */
  parse(text: string): Value | undefined;
  /** Whether a program may give this value. */
  accepts(value: unknown): boolean;
}

/**
 * All options of a driver, by property name. In the board file `standbyMs` is the setting "standby-ms".
 *
 * @example { mode: oneOf(["forced", "normal"], "forced"), filter: oneOf(["off", 2, 4], "off") }
 */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The options that a table declares, each with its type. */
export type OptionsOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer Value> ? Value : never;
};

/** An option that takes one of some words or numbers, spelled in the board file as they are here. */
export function oneOf<const Value extends string | number>(
  values: readonly Value[],
  fallback: NoInfer<Value>,
): Option<Value> {
  return {
    fallback,
    allowed: `one of ${values.join(", ")}`,
    parse: (text) => values.find((value) => String(value) === text),
    accepts: (value) => values.some((each) => each === value),
  };
}

/** An option that takes a whole number from `minimum` to `maximum`; the board file may write it in hex. */
export function integer(
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
  fallback: number,
): Option<number> {
  const accepts = (value: unknown) =>
    Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum;
  return {
    fallback,
    allowed: `a whole number from ${minimum} to ${maximum}`,
    parse: (text) => {
      const value = /^(-?\d{1,15}|0x[\da-f]{1,12})$/i.test(text) ? Number(text) : Number.NaN;
      return accepts(value) ? value : undefined;
    },
    accepts,
  };
}

/** An option that is on or off: "true" or "false" in the board file. */
export function flag(fallback: boolean): Option<boolean> {
  return {
    fallback,
    allowed: "true or false",
    parse: (text) => (text === "true" ? true : text === "false" ? false : undefined),
    accepts: (value) => typeof value === "boolean",
  };
}

/**
 * Turns a device's settings into options.
 *
 * @param device the device's name, for messages
 * @param settings what the board file has: names and values as text
 * @throws DriverError `invalid-argument` for a setting that is unknown, given twice or not allowed
 */
export function parseSettings<const Table extends OptionTable>(
  table: Table,
  device: string,
  settings: readonly (readonly [string, string])[],
): OptionsOf<Table> {
  const properties = new Map(Object.keys(table).map((property) => [settingName(property), property]));
  const options = new Map<string, unknown>();
  for (const [name, text] of settings) {
    const setting = `The setting ${quote(name)} of ${quote(device)}`;
    const property = properties.get(name);
    if (property === undefined) {
      const known = properties.size === 0 ? "none" : [...properties.keys()].join(", ");
      throw DriverError.invalidArgument(`${setting} is unknown; the settings of this driver are: ${known}.`);
    }
    if (options.has(property)) throw DriverError.invalidArgument(`${setting} is given twice; keep one.`);
    const value = table[property]!.parse(text);
    if (value === undefined) {
      throw DriverError.invalidArgument(
        `${setting} is ${quote(text)}, but must be ${table[property]!.allowed}.`,
      );
    }
    options.set(property, value);
  }
  return completeOptions(table, Object.fromEntries(options) as Partial<OptionsOf<Table>>);
}

/**
 * Checks the options that a program gives and fills in the others. An option that is `undefined` is not given.
 *
 * @throws DriverError `invalid-argument` for an option that is unknown or not allowed
 */
export function completeOptions<const Table extends OptionTable>(
  table: Table,
  options: Partial<OptionsOf<Table>>,
): OptionsOf<Table> {
  const given = new Map<string, unknown>(Object.entries(options).filter(([, value]) => value !== undefined));
  for (const [name, value] of given) {
    if (!Object.hasOwn(table, name)) throw DriverError.invalidArgument(`There is no option ${quote(name)}.`);
    const { accepts, allowed } = table[name]!;
    if (accepts(value)) continue;
    throw DriverError.invalidArgument(
      `The option ${name} is ${quote(String(value))}, but must be ${allowed}.`,
    );
  }
  const complete = Object.entries(table).map(([name, { fallback }]) => [name, given.get(name) ?? fallback]);
  return Object.fromEntries(complete) as OptionsOf<Table>;
}

/** "standby-ms" for "standbyMs". */
function settingName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Quoted, and short: what the operator wrote can be any text. */
function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}
