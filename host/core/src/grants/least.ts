import type { BoardFile } from "../board/schema.ts";
import type { DeviceUse, I2cUseMade, UsbUseMade } from "./use.ts";

/** A device's entry as it is written in a board file. */
export type WrittenEntry = BoardFile["devices"][string];

/**
 * The least entry that a recorded run needed: what is granted beyond that is taken away, and what was only told is granted. Where
 * nothing was recorded of a bus, its part stays as it is. It is enforced again.
 *
 * @param entry as it is written in the board file; which target, device and driver it means stays
 * @param use what was recorded of the device
 */
export function leastEntry({ enforce: _, ...entry }: WrittenEntry, use: DeviceUse): WrittenEntry {
  const { i2c, usb, limits } = entry;
  const rate = limits?.transactionsPerSecond;
  return {
    ...entry,
    ...(i2c && use.i2c && { i2c: leastI2c(i2c, use.i2c) }),
    ...(usb && use.usb && { usb: leastUsb(usb, use.usb) }),
    // A limit that nobody set would be one that the next, somewhat faster run breaks.
    ...(rate !== undefined &&
      use.transactionsPerSecond > 0 && {
        limits: { ...limits, transactionsPerSecond: use.transactionsPerSecond },
      }),
  };
}

function leastI2c(
  grant: NonNullable<WrittenEntry["i2c"]>,
  { reads, writes, maximumLength }: I2cUseMade,
): NonNullable<WrittenEntry["i2c"]> {
  const { direction: _, ...target } = grant;
  const direction = reads && writes ? {} : { direction: reads ? ("read" as const) : ("write" as const) };
  return { ...target, ...direction, maximumLength };
}

function leastUsb(
  grant: NonNullable<WrittenEntry["usb"]>,
  { interfaces, unused, allow, maximumLength, maximumTransfers }: UsbUseMade,
): NonNullable<WrittenEntry["usb"]> {
  const { allow: _, interfaces: granted, ...device } = grant;
  // Where they follow from the class, and all of them are used, it says enough.
  const isListed = granted !== undefined || unused.length > 0;
  const numbers = isListed && interfaces.length > 0 ? [...interfaces] : granted;
  return {
    ...device,
    ...(numbers && { interfaces: numbers }),
    ...(allow.length > 0 && { allow: [...allow] }),
    ...(maximumLength > 0 && { maximumLength }),
    ...(maximumTransfers > 0 && { maximumTransfers }),
  };
}
