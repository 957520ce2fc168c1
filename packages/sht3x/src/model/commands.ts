/** What an SHT3x does on each command, from the tables of its datasheet, version 7. */

/** Which column of section 2.2, table 4, a simulated chip keeps to. */
export type Sht3xMeasurementTime = "typical" | "maximum";

export type Sht3xRepeatability = "low" | "medium" | "high";

/** Section 2.2, table 4, in milliseconds. */
export const MEASUREMENT_MS: Readonly<
  Record<Sht3xMeasurementTime, Readonly<Record<Sht3xRepeatability, number>>>
> = {
  typical: { low: 2.5, medium: 4.5, high: 12.5 },
  maximum: { low: 4.5, medium: 6.5, high: 15.5 },
};

/** Section 2.2, table 4: the longest soft reset. */
export const RESET_MS = 1.5;

/** Section 4.8. */
export const BREAK_MS = 1;

/** The alert limits, "SHT3x – Alert mode", version 1, tables 1 and 2: when an alert begins (set) and ends (clear). */
export type Sht3xLimit = "high-set" | "high-clear" | "low-clear" | "low-set";

/** A command, by what it does. */
export type Sht3xCommand =
  | {
      readonly kind: "single";
      readonly repeatability: Sht3xRepeatability;
      /** Whether a read waits for the result instead of being refused. */
      readonly stretches: boolean;
    }
  | { readonly kind: "periodic"; readonly repeatability: Sht3xRepeatability; readonly periodMs: number }
  /** A word of the alert limits; `write-limit` is followed by it and its checksum. */
  | { readonly kind: "read-limit" | "write-limit"; readonly limit: Sht3xLimit }
  | {
      readonly kind:
        | "fetch"
        | "break"
        | "reset"
        | "heater-on"
        | "heater-off"
        | "read-status"
        | "clear-status";
    };

/** Sections 4.3 to 4.11, tables 9 to 19, and "SHT3x – Alert mode". */
export const COMMANDS: ReadonlyMap<number, Sht3xCommand> = new Map<number, Sht3xCommand>([
  [0x2c06, { kind: "single", repeatability: "high", stretches: true }],
  [0x2c0d, { kind: "single", repeatability: "medium", stretches: true }],
  [0x2c10, { kind: "single", repeatability: "low", stretches: true }],
  [0x2400, { kind: "single", repeatability: "high", stretches: false }],
  [0x240b, { kind: "single", repeatability: "medium", stretches: false }],
  [0x2416, { kind: "single", repeatability: "low", stretches: false }],
  ...periodic(0.5, 0x2032, 0x2024, 0x202f),
  ...periodic(1, 0x2130, 0x2126, 0x212d),
  ...periodic(2, 0x2236, 0x2220, 0x222b),
  ...periodic(4, 0x2334, 0x2322, 0x2329),
  ...periodic(10, 0x2737, 0x2721, 0x272a),
  [0x2b32, { kind: "periodic", repeatability: "high", periodMs: 250 }],
  [0xe000, { kind: "fetch" }],
  [0x3093, { kind: "break" }],
  [0x30a2, { kind: "reset" }],
  [0x306d, { kind: "heater-on" }],
  [0x3066, { kind: "heater-off" }],
  [0xf32d, { kind: "read-status" }],
  [0x3041, { kind: "clear-status" }],
  [0xe11f, { kind: "read-limit", limit: "high-set" }],
  [0xe114, { kind: "read-limit", limit: "high-clear" }],
  [0xe109, { kind: "read-limit", limit: "low-clear" }],
  [0xe102, { kind: "read-limit", limit: "low-set" }],
  [0x611d, { kind: "write-limit", limit: "high-set" }],
  [0x6116, { kind: "write-limit", limit: "high-clear" }],
  [0x610b, { kind: "write-limit", limit: "low-clear" }],
  [0x6100, { kind: "write-limit", limit: "low-set" }],
]);

/**
 * The limits after a reset: 60, 58, -9 and -10 °C, 80, 79, 22 and 20 %RH. The upper seven bits are those of a humidity
 * word, the lower nine the upper ones of a temperature word.
 */
export const LIMITS_AFTER_RESET: Readonly<Record<Sht3xLimit, number>> = {
  "high-set": limitWord(60, 80),
  "high-clear": limitWord(58, 79),
  "low-clear": limitWord(-9, 22),
  "low-set": limitWord(-10, 20),
};

function limitWord(celsius: number, humidity: number): number {
  const temperature = Math.round(((celsius + 45) / 175) * 0xffff);
  return (Math.round((humidity / 100) * 0xffff) & 0xfe00) | (temperature >> 7);
}

/** The three commands of a rate, in measurements a second. */
function periodic(rate: number, high: number, medium: number, low: number): [number, Sht3xCommand][] {
  const periodMs = 1000 / rate;
  return [
    [high, { kind: "periodic", repeatability: "high", periodMs }],
    [medium, { kind: "periodic", repeatability: "medium", periodMs }],
    [low, { kind: "periodic", repeatability: "low", periodMs }],
  ];
}
