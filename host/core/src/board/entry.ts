import * as v from "valibot";
import { becomes, notEmpty, record, strictObject, text, trueOrFalse, upTo, wholeNumber } from "./values.ts";

/** What the entries of all devices have, on whatever bus they are. */

/** The limits of an entry. */
export const limits = strictObject({
  callMs: v.pipe(
    v.optional(wholeNumber(1, 3_600_000), 10_000),
    v.description("The longest time of one call into the driver, in milliseconds."),
  ),
  transactionsPerSecond: v.pipe(
    v.optional(wholeNumber(1, 1_000_000)),
    v.description("The most bus transactions in one second; more are refused. No limit where it is not set."),
  ),
  memoryMiB: v.pipe(
    v.optional(wholeNumber(1, 4096), 64),
    v.description("The most memory of the instance, in MiB."),
  ),
});

const settingValue = v.pipe(
  v.union(
    [v.pipe(text, upTo(4096)), v.number("expected a number"), trueOrFalse],
    "expected a text, a number or true or false",
  ),
  becomes<string | number | boolean>("text"),
  v.transform(String),
);

/** Which driver it is. */
const driver = v.pipe(
  v.optional(v.pipe(text, notEmpty, upTo(4096))),
  v.description(
    'The driver: a package name such as "@busbar/bme280", a file such as "./lcd.wasm" or "/opt/drivers/lcd.wasm", or a ' +
      'component in a registry such as "oci://ghcr.io/busbar/bme280:1.2.3", where "@sha256:..." may follow. Left out for ' +
      "a device of an app that brings its own driver: the app then gets the bus or the USB device, within this entry's" +
      " grant.",
  ),
);

/** What the driver is told. */
const settings = v.pipe(
  v.optional(
    v.pipe(record(v.pipe(text, upTo(256)), settingValue), v.maxEntries(256, "expected at most 256 settings")),
    {},
  ),
  v.description("What the driver's README lists."),
);

/** Whether the grants of an entry are enforced. */
const enforceOf = (keys: readonly string[]) =>
  v.pipe(
    v.optional(trueOrFalse),
    v.description(
      `false for complain mode: what ${keys.join(", ")} and limits would refuse is allowed and only told where it stays within the one ` +
        "target or the granted interfaces: direction, length, rate. For finding out what a driver needs, never for good.",
    ),
  );

/**
 * What of an entry is about no bus.
 *
 * @param keys of the buses that it can grant
 */
export const commonOf = (keys: readonly string[]) =>
  strictObject({ driver, settings, limits: v.optional(limits, {}), enforce: enforceOf(keys) });

/** What of a checked entry is about no bus. */
export type CommonEntry = v.InferOutput<ReturnType<typeof commonOf>>;

/** The same as it is written: defaults left out. */
export type WrittenCommonEntry = v.InferInput<ReturnType<typeof commonOf>>;

/** The limits of an entry. */
export type Limits = v.InferOutput<typeof limits>;
