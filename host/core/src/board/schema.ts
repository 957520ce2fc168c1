import * as v from "valibot";
import { busNameOf } from "../bus/i2c/bus-name.ts";
import { noList } from "./no-list.ts";

/**
 * The board file's schema: the only source of its types, its checks and its JSON schema (`busbar schema`, and
 * `@busbar/host/board.schema.json`). Unknown keys are refused everywhere but in `simulate`, where each model checks
 * its own parameters: a misspelt limit must not pass for no limit.
 */

const anObject = "expected an object";
const strictObject = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  noList(v.strictObject(entries, anObject));
const looseObject = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  noList(v.looseObject(entries, anObject));
const record = <
  const Key extends v.BaseSchema<string, string, v.BaseIssue<unknown>>,
  const Value extends v.GenericSchema,
>(
  key: Key,
  value: Value,
) => noList(v.record(key, value, anObject));

const text = v.string("expected a text");
const trueOrFalse = v.boolean("expected true or false");
const list = <const Item extends v.GenericSchema>(item: Item) => v.array(item, "expected a list");
const oneOf = <const Options extends readonly string[]>(...options: Options) =>
  v.picklist(options, `expected one of ${options.map((option) => `"${option}"`).join(", ")}`);

const notEmpty = v.minLength<string, 1, string>(1, "expected at least one character");
const upTo = <const Maximum extends number>(maximum: Maximum) =>
  v.maxLength<string, Maximum, string>(maximum, `expected at most ${maximum}`);

/**
 * What a checked value becomes, in the words of the JSON schema, for the hosts that read only that: "number", "text" or
 * "bus-name".
 */
const becomes = <Value>(what: "number" | "text" | "bus-name") =>
  v.metadata<Value, { readonly "x-becomes": string }>({ "x-becomes": what });

const name = v.pipe(
  text,
  v.regex(/^[a-z][a-z0-9-]*$/, "a name starts with a letter and has only a-z, 0-9 and '-'"),
  upTo(64),
);

/** What Linux allows of one I2C message (drivers/i2c/i2c-dev.c), and the most that an entry can grant. */
export const longestI2cLength = 8192;

/** The most bytes of one USB transfer, and the most transfers at a time, that an entry can grant. */
export const longestUsbTransfer = 16 * 1024 * 1024;
export const mostUsbTransfers = 1024;

const wholeNumber = (minimum: number, maximum: number) =>
  v.pipe(
    v.number("expected a whole number"),
    v.integer("expected a whole number"),
    v.minValue(minimum, `expected at least ${minimum}`),
    v.maxValue(maximum, `expected at most ${maximum}`),
  );

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

const i2cGrant = strictObject({
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

/** A whole number as "0x2341" or 9025, in as many hex digits as `maximum` has. */
export const hexNumber = (maximum: 0xff | 0xffff, what: string) =>
  v.pipe(
    v.union(
      [
        wholeNumber(0, maximum),
        v.pipe(text, v.regex(maximum === 0xff ? /^0x[0-9a-fA-F]{1,2}$/ : /^0x[0-9a-fA-F]{1,4}$/, what)),
      ],
      what,
    ),
    becomes<string | number>("number"),
    v.transform(Number),
  );

const usbPort = v.pipe(
  text,
  v.regex(
    /^[1-9][0-9]{0,2}-[1-9][0-9]{0,2}(\.[1-9][0-9]{0,2}){0,6}$/,
    'expected a port such as "1-2.3": port 3 of the hub in port 2 of bus 1',
  ),
);

const usbGrant = strictObject({
  vendorId: v.pipe(
    v.optional(hexNumber(0xffff, 'expected a vendor id such as "0x2341"')),
    v.description('The vendor id: "0x2341".'),
  ),
  productId: v.pipe(
    v.optional(hexNumber(0xffff, 'expected a product id such as "0x0043"')),
    v.description('The product id: "0x0043".'),
  ),
  class: v.pipe(
    v.optional(hexNumber(0xff, 'expected a class code such as "0x03" for HID')),
    v.description(
      'The class of the device or of one of its interfaces: "0x03" HID, "0x02" CDC, "0x08" mass storage.',
    ),
  ),
  serialNumber: v.pipe(
    v.optional(v.pipe(text, notEmpty, upTo(126))),
    v.description("The serial number, as the device says it."),
  ),
  port: v.pipe(v.optional(usbPort), v.description('Where it is plugged in: "1-2.3".')),
  interfaces: v.pipe(
    v.optional(
      v.pipe(
        list(wholeNumber(0, 255)),
        v.minLength(1, "expected at least one interface number"),
        v.maxLength(256, "expected at most 256 interface numbers"),
      ),
    ),
    v.description("The interfaces that the driver may use. Where it is not set, those of the class."),
  ),
  allow: v.pipe(
    v.optional(list(oneOf("set-configuration", "reset", "device-requests", "security-keys")), []),
    v.description(
      "What else the driver may do: choose the configuration, reset the device, send requests that change the device " +
        "as a whole, use security keys and smart-card readers.",
    ),
  ),
  maximumLength: v.pipe(
    v.optional(wholeNumber(1, longestUsbTransfer), 1024 * 1024),
    v.description("The most bytes of one transfer."),
  ),
  maximumTransfers: v.pipe(
    v.optional(wholeNumber(1, mostUsbTransfers), 64),
    v.description("The most transfers that exist at a time."),
  ),
});

const limits = strictObject({
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

const device = strictObject({
  driver: v.pipe(
    v.optional(v.pipe(text, notEmpty, upTo(4096))),
    v.description(
      'The driver: a package name such as "@busbar/bme280", a file such as "./lcd.wasm" or "/opt/drivers/lcd.wasm", or a ' +
        'component in a registry such as "oci://ghcr.io/busbar/bme280:1.2.3", where "@sha256:..." may follow. Left out for ' +
        "a device of an app that brings its own driver: the app then gets the bus or the USB device, within this entry's" +
        " grant.",
    ),
  ),
  i2c: v.optional(i2cGrant),
  usb: v.optional(usbGrant),
  settings: v.pipe(
    v.optional(
      v.pipe(
        record(v.pipe(text, upTo(256)), settingValue),
        v.maxEntries(256, "expected at most 256 settings"),
      ),
      {},
    ),
    v.description("What the driver's README lists."),
  ),
  limits: v.optional(limits, {}),
  enforce: v.pipe(
    v.optional(trueOrFalse),
    v.description(
      "false for complain mode: what i2c, usb and limits would refuse is allowed and only told where it stays within the one " +
        "target or the granted interfaces: direction, length, rate. For finding out what a driver needs, never for good.",
    ),
  ),
});

const folderGrant = strictObject({
  path: v.pipe(
    text,
    notEmpty,
    upTo(4096),
    v.description(
      "The folder, relative to the board file. The app sees nothing outside of it, and follows no link.",
    ),
  ),
  write: v.pipe(
    v.optional(trueOrFalse, false),
    v.description(
      "Whether the app may make files and folders in it. Otherwise it can only read what is there.",
    ),
  ),
  overwrite: v.pipe(
    v.optional(trueOrFalse, false),
    v.description('Whether it may change, rename and take away what is there; with "write".'),
  ),
  maximumMiB: v.pipe(
    v.optional(wholeNumber(1, 2 ** 30)),
    v.description(
      "The most that it may write while the board is open, in MiB, however often it is run. No limit where it is not set.",
    ),
  ),
});

const app = strictObject({
  component: v.pipe(
    text,
    notEmpty,
    upTo(4096),
    v.description(
      'The app: a package name such as "@busbar/weather-station", a file such as "./station.wasm", or a component in a ' +
        'registry such as "oci://ghcr.io/busbar/station:1.2.3".',
    ),
  ),
  uses: v.pipe(
    v.optional(v.pipe(list(name), v.maxLength(1024, "expected at most 1024 devices")), []),
    v.description('The devices of this board that the app may open, by their names in "devices".'),
  ),
  arguments: v.pipe(
    v.optional(
      v.pipe(list(v.pipe(text, upTo(4096))), v.maxLength(256, "expected at most 256 arguments")),
      [],
    ),
    v.description('What the app is run with; "busbar run board.json -- more" adds to it.'),
  ),
  folder: v.pipe(v.optional(folderGrant), v.description("The one folder that the app may use.")),
  limits: v.optional(strictObject({ memoryMiB: limits.entries.memoryMiB }), {}),
});

const modelModules =
  'Or a module that exports one: "./model.ts", beside the board file, or an export of an installed package. Such a ' +
  "module runs with all rights of the host; name only what you would install.";

const simulatedI2c = looseObject({
  usb: v.optional(v.never('expected no "usb"')),
  i2c: v.pipe(busName, v.description("The name of the simulated bus.")),
  address,
  model: v.pipe(text, notEmpty, v.description(`The device model: "bme280", "registers". ${modelModules}`)),
});

const simulatedUsb = looseObject({
  usb: v.pipe(usbPort, v.description('Where the simulated device is plugged in: "1-2.3".')),
  model: v.pipe(text, notEmpty, v.description(`The device model: "usb-echo". ${modelModules}`)),
});

/** Told apart by whether there is a "usb", so that a message is about the one that was meant. */
const simulated = noList(
  v.variant("usb", [simulatedI2c, simulatedUsb], ({ path }) =>
    path === undefined ? 'expected an object with "i2c" or "usb"' : 'expected a port such as "1-1"',
  ),
);

/** The whole board file. */
export const boardSchema = strictObject({
  $schema: v.optional(text),
  devices: v.pipe(
    record(name, device),
    v.description("What is wired, and the whole of what is granted: one driver instance for each name."),
  ),
  simulate: v.pipe(
    v.optional(list(simulated), []),
    v.description("Simulated devices; the bus of each needs no hardware."),
  ),
  apps: v.pipe(
    v.optional(record(name, app), {}),
    v.description("Programs that use the devices, and which of them each may use."),
  ),
});

/** A board file as it is written: addresses as text, defaults left out. */
export type BoardFile = v.InferInput<typeof boardSchema>;

/** A checked board: addresses as numbers, defaults filled in. */
export type Board = v.InferOutput<typeof boardSchema>;

/** One entry of a checked board's `devices`. */
export type DeviceEntry = Board["devices"][string];

/** One entry of a checked board's `apps`. */
export type AppEntry = Board["apps"][string];

/** The I2C part of an entry: one target, and what may be done with it. */
export type I2cGrant = v.InferOutput<typeof i2cGrant>;

/** The USB part of an entry: which device, which of its interfaces, and what may be done with them. */
export type UsbGrant = v.InferOutput<typeof usbGrant>;

/** The folder of an app's entry, and what may be done in it. */
export type FolderGrant = v.InferOutput<typeof folderGrant>;

/** The limits of an entry. */
export type Limits = v.InferOutput<typeof limits>;

/**
 * One entry of the board file's `simulate` list: where a simulated device sits, which model it is, and the model's own
 * parameters, which the model checks.
 */
export type SimulateEntry = v.InferOutput<typeof simulated>;

/** A simulated device on an I2C bus. */
export type SimulateI2cEntry = v.InferOutput<typeof simulatedI2c>;

/** A simulated USB device. */
export type SimulateUsbEntry = v.InferOutput<typeof simulatedUsb>;
