import type { SpiBusName } from "./backend.ts";

/** B and "spiB", B as people write numbers: "01" is none. */
const numbered = /^(?:spi)?(0|[1-9][0-9]{0,5})$/;

/**
 * The one name of a bus, by which it is compared everywhere: the number B for B, "B" and "spiB", which is the controller's
 * name in Linux; any other name as it is written.
 */
export function spiBusNameOf(written: SpiBusName): SpiBusName {
  const number = typeof written === "string" ? numbered.exec(written)?.[1] : undefined;
  return number === undefined ? written : Number(number);
}
