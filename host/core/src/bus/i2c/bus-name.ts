import type { I2cBusName } from "./backend.ts";

/** N, "i2c-N" and "/dev/i2c-N", N as people write numbers: "01" is none. */
const numbered = /^(?:(?:\/dev\/)?i2c-)?(0|[1-9][0-9]{0,5})$/;

/**
 * The one name of a bus, by which it is compared everywhere: the number N for N, "N", "i2c-N" and "/dev/i2c-N"; any other
 * name as it is written.
 */
export function busNameOf(written: I2cBusName): I2cBusName {
  const number = typeof written === "string" ? numbered.exec(written)?.[1] : undefined;
  return number === undefined ? written : Number(number);
}
