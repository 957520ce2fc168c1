/**
 * Commands, fields and times of the SHT3x-DIS, from its data sheet, version 7, December 2022. Section numbers are the
 * data sheet's.
 */

/** How well a measurement repeats; more takes longer. */
export type Repeatability = "low" | "medium" | "high";

/** Commands: two bytes, most significant first. */
export const Command = {
  /** One measurement; the result is not acknowledged before it is there (4.3, table 9). */
  MEASURE: { high: 0x2400, medium: 0x240b, low: 0x2416 },
  /** One measurement; reading the result holds the clock until it is there (4.3, table 9). */
  MEASURE_WITH_CLOCK_STRETCHING: { high: 0x2c06, medium: 0x2c0d, low: 0x2c10 },
  /** Measurements without end, by how many a second (4.5, table 10). */
  MEASURE_PERIODICALLY: {
    0.5: { high: 0x2032, medium: 0x2024, low: 0x202f },
    1: { high: 0x2130, medium: 0x2126, low: 0x212d },
    2: { high: 0x2236, medium: 0x2220, low: 0x222b },
    4: { high: 0x2334, medium: 0x2322, low: 0x2329 },
    10: { high: 0x2737, medium: 0x2721, low: 0x272a },
  },
  /** Four measurements a second with accelerated response time (4.7, table 12). */
  MEASURE_ACCELERATED: 0x2b32,
  /** The last result of a periodic measurement, once (4.6, table 11). */
  FETCH_DATA: 0xe000,
  /** Ends periodic measurements (4.8, table 13). */
  BREAK: 0x3093,
  /** Back to the state after power-up; only where no periodic measurement runs (4.9, table 14). */
  SOFT_RESET: 0x30a2,
  /** The heater (4.10, table 16). */
  HEATER_ENABLE: 0x306d,
  HEATER_DISABLE: 0x3066,
  /** The status register (4.11, table 17). */
  READ_STATUS: 0xf32d,
  /** Clears the flags in the status register (4.11, table 19). */
  CLEAR_STATUS: 0x3041,
} as const;

/** Bits of the status register (4.11, table 18). */
export const Status = {
  HEATER: 1 << 13,
  /** The part was reset since the flags were cleared. */
  RESET_DETECTED: 1 << 4,
  /** The last command was not processed. */
  COMMAND_FAILED: 1 << 1,
  /** Always 0. Bits 9 to 5 are reserved, too, but can be anything. */
  RESERVED: (1 << 14) | (1 << 12) | (1 << 3) | (1 << 2),
} as const;

/** The longest time of a measurement, in milliseconds (2.2, table 4). */
export const MeasurementMs = { low: 4.5, medium: 6.5, high: 15.5 } as const;

/** The longest time of a soft reset, t_SR, and from power-on, t_PU, until the part takes commands (2.2, table 4). */
export const START_UP_MS = 1.5;

/** After a break command the part needs this until it takes the next one (4.8). */
export const BREAK_MS = 1;

/** Measurements a second with accelerated response time (4.7). */
export const ACCELERATED_RATE_HZ = 4;
