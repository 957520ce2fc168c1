import * as v from "valibot";
import type { UsbDeviceDescriptor, UsbInterfaceDescriptor } from "./descriptors.ts";
import { hexNumber } from "./grant.ts";

/**
 * Which USB devices a driver package is for, as `"usb"` of its manifest: its package.json's "busbar". It is how a person
 * finds a driver; it grants nothing.
 */

const id = hexNumber(0xffff, 'expected an id such as "0x2341"');
const code = hexNumber(0xff, 'expected a class code such as "0x03"');

const fit = v.pipe(
  v.strictObject({
    vendorId: v.optional(id),
    productId: v.optional(id),
    class: v.optional(code),
    subclass: v.optional(code),
    protocol: v.optional(code),
  }),
  v.check(
    (each) => each.vendorId !== undefined || each.class !== undefined,
    'it fits every device; add "vendorId" or "class"',
  ),
  v.check(
    (each) => each.productId === undefined || each.vendorId !== undefined,
    'a "productId" means something only together with a "vendorId"; add that',
  ),
  v.check(
    (each) => each.class !== undefined || (each.subclass === undefined && each.protocol === undefined),
    'a "subclass" or "protocol" means something only together with a "class"; add that',
  ),
);

/** The schema of a manifest's `"usb"`. */
export const usbFitsSchema = v.pipe(v.array(fit), v.minLength(1, "it is empty"));

/**
 * One kind of devices: all that is set must be so. `class`, `subclass` and `protocol` are those of one interface of the
 * device.
 */
export type UsbFit = v.InferOutput<typeof fit>;

/** Reads a manifest's `"usb"`; undefined where it is malformed. */
export function parseUsbFits(json: unknown): UsbFit[] | undefined {
  const parsed = v.safeParse(usbFitsSchema, json);
  return parsed.success ? parsed.output : undefined;
}

/**
 * The interfaces of a device that a fit means: those of its class, or all where it names the device only by its ids.
 *
 * @param interfaces alternate settings of one configuration
 * @returns numbers, each once; empty where it does not fit
 */
export function fittingInterfaces(
  { vendorId, productId, class: wanted, subclass, protocol }: UsbFit,
  device: Pick<UsbDeviceDescriptor, "vendorId" | "productId">,
  interfaces: readonly UsbInterfaceDescriptor[],
): number[] {
  if ((vendorId ?? device.vendorId) !== device.vendorId) return [];
  if ((productId ?? device.productId) !== device.productId) return [];
  const fitting = interfaces.filter(
    (setting) =>
      (wanted ?? setting.interfaceClass) === setting.interfaceClass &&
      (subclass ?? setting.interfaceSubclass) === setting.interfaceSubclass &&
      (protocol ?? setting.interfaceProtocol) === setting.interfaceProtocol,
  );
  return [...new Set(fitting.map(({ interfaceNumber }) => interfaceNumber))];
}
