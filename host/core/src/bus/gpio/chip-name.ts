import type { GpioChipName } from "./backend.ts";

/** N, "gpiochipN" and "/dev/gpiochipN", N as people write numbers: "01" is none. */
const numbered = /^(?:(?:\/dev\/)?gpiochip)?(0|[1-9][0-9]{0,5})$/;

/**
 * The one name of a chip, by which it is compared everywhere: the number N for N, "N", "gpiochipN" and "/dev/gpiochipN"; any other
 * name as it is written.
 */
export function chipNameOf(written: GpioChipName): GpioChipName {
  const number = typeof written === "string" ? numbered.exec(written)?.[1] : undefined;
  return number === undefined ? written : Number(number);
}
