/** Registers and fields of the MySpiSensor. FILL IN: names, addresses and bits as the data sheet spells them. */

/** Register addresses. */
export const Register = {
  /** Always {@link IDENTITY}, read-only. */
  WHO_AM_I: 0x0f,
  /** Whether and how the part measures. */
  CONTROL: 0x20,
  /** The last result, two bytes, most significant first. */
  TEMPERATURE: 0x28,
} as const;

/** What `WHO_AM_I` holds. */
export const IDENTITY = 0x5a;

/** Bits of `CONTROL`. */
export const Control = {
  /** Measures; 0 is the sleep in which the part comes up. */
  ACTIVE: 1 << 7,
} as const;

/** Bits 1 and 0 of `CONTROL`, by conversions a second. */
export const ConversionRate = { 1: 0b00, 4: 0b01, 16: 0b10 } as const;

/** The longest time until the first result, in milliseconds. */
export const CONVERSION_MS = 50;
