/** Registers and fields of the MyThermometer. FILL IN: names, addresses and bits as the data sheet spells them. */

/** Register addresses. */
export const Register = {
  /** Whether and how the part measures. */
  CONTROL: 0x20,
  /** The last result, two bytes, most significant first. */
  TEMPERATURE: 0x28,
} as const;

/** Bits of `CONTROL`. */
export const Control = {
  /** Measures; 0 is the sleep in which the part comes up. */
  ACTIVE: 1 << 7,
} as const;

/** Bits 1 and 0 of `CONTROL`, by conversions a second. */
export const ConversionRate = { 1: 0b00, 4: 0b01, 16: 0b10 } as const;

/** The longest time until the first result, in milliseconds. */
export const CONVERSION_MS = 50;
