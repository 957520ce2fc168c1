/**
 * Registers and fields of the TMP102, spelled as in the data sheet, SBOS397. Section names are those of the data
 * sheet's "Programming" and "Register Maps", whose numbers differ from revision to revision.
 */

/** Addresses ("Pointer Register"): each register is 16 bits, most significant byte first. */
export const Register = {
  /** The last result, read-only ("Temperature Register"). */
  TEMPERATURE: 0b00,
  /** "Configuration Register". */
  CONFIGURATION: 0b01,
  /** The alert ends below it ("High- and Low-Limit Registers"). */
  T_LOW: 0b10,
  /** The alert begins at it. */
  T_HIGH: 0b11,
} as const;

/** Bits of the configuration register ("Configuration Register"). */
export const Configuration = {
  /** Written 1 in shutdown: measures once. Read: 0 while it does, 1 when it is done. */
  OS: 1 << 15,
  /** R1 and R0, read-only: 12 bits. */
  R: 0b11 << 13,
  /** The ALERT pin is active high. */
  POL: 1 << 10,
  /** Thermostat mode: interrupt instead of comparator. */
  TM: 1 << 9,
  /** Shutdown. */
  SD: 1 << 8,
  /** The state of the alert, read-only. */
  AL: 1 << 5,
  /** Extended mode: 13 bits. */
  EM: 1 << 4,
  /** Always 0. */
  UNUSED: 0b1111,
} as const;

/** F1 and F0, in place, by how many results in a row must be beyond a limit ("Fault Queue"). */
export const FaultQueue = { 1: 0b00 << 11, 2: 0b01 << 11, 4: 0b10 << 11, 6: 0b11 << 11 } as const;

/** CR1 and CR0, in place, by conversions a second ("Conversion Rate"). */
export const ConversionRate = { 0.25: 0b00 << 6, 1: 0b01 << 6, 4: 0b10 << 6, 8: 0b11 << 6 } as const;

/** Bits of the temperature register that are fixed: bit 0 tells extended mode, the others are 0. */
export const TemperatureFixed = {
  NORMAL: { mask: 0b1111, value: 0b0000 },
  EXTENDED: { mask: 0b0111, value: 0b0001 },
} as const;

/** The longest time of a conversion, in milliseconds ("Electrical Characteristics"). */
export const CONVERSION_MS = 35;
