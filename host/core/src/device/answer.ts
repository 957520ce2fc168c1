/**
 * What drivers answer: the types of busbar:device say its form, and here is what else has to hold so that it makes sense.
 * What does not is a `protocol` error that names the device; the driver goes on.
 */

import { cut } from "../text.ts";
import { DeviceError } from "./error.ts";

/** What a maker, a product or a serial number is called: no longer than this, in UTF-16 code units. */
const longestName = 200;

/**
 * Refuses an answer of a driver that makes no sense.
 *
 * @param makesSense whether it does
 * @param what goes on after "the driver": 'lists no channels', with nothing of the driver's in it that was not cut
 * @throws DeviceError `protocol`
 */
export function requireAnswer(device: string, makesSense: boolean, what: () => string): void {
  if (makesSense) return;
  throw new DeviceError(device, {
    tag: "protocol",
    val: `the driver ${what()}; its author has to mend that`,
  });
}

/** The name of a maker, a product, a model: cut where it is longer than any is. */
export function shortName(text: string): string {
  return cut(text, longestName);
}

/** The texts of USB devices' `info`, each cut. */
export function shortNames<
  Info extends { readonly vendor: string; readonly product: string; readonly serialNumber: string },
>(info: Info): Info {
  const { vendor, product, serialNumber } = info;
  return {
    ...info,
    vendor: shortName(vendor),
    product: shortName(product),
    serialNumber: shortName(serialNumber),
  };
}

/** Whether a number is whole and in a range. */
export function isWhole(value: number, minimum: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= minimum && value <= maximum;
}
