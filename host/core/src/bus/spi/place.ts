import type { SpiGrant } from "./grant.ts";

/** Where a device is, in sentences: "SPI bus 0 at chip select 1". Two devices in one place are one. */
export function describeSpiPlace({ bus, chipSelect }: Pick<SpiGrant, "bus" | "chipSelect">): string {
  return `SPI bus ${bus} at chip select ${chipSelect}`;
}
