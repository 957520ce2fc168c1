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

/** The most bytes of one USB transfer that an entry can grant. */
export const longestUsbTransfer = 16 * 1024 * 1024;

/** The most USB transfers at a time that an entry can grant. */
export const mostUsbTransfers = 1024;

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

/** The USB part of an entry, as a board file has it. */
export const usbGrant = strictObject({
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

/** The USB part of an entry: which device, which of its interfaces, and what may be done with them. */
export type UsbGrant = v.InferOutput<typeof usbGrant>;

/** The USB part of an entry as it is written: ids as text, defaults left out. */
export type WrittenUsbGrant = v.InferInput<typeof usbGrant>;

/** A simulated USB device, as the board's `simulate` list has it; its model checks its parameters. */
export const simulatedUsb = looseObject({
  usb: v.pipe(usbPort, v.description('Where the simulated device is plugged in: "1-2.3".')),
  model: modelOf('"usb-echo"'),
});
