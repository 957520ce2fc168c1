import type { I2cGrant } from "./grant.ts";

/** The 7-bit addresses of an I2C grant: one, or all of a part that has several; never none. */
export function addressesOf({ address }: Pick<I2cGrant, "address">): readonly number[] {
  return typeof address === "number" ? [address] : address;
}

/** The address that a driver is told: the first. */
export function mainAddressOf(grant: Pick<I2cGrant, "address">): number {
  return addressesOf(grant)[0]!;
}
