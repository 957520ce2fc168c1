/** The units of physical values. Source: HID 1.11, 6.2.2.7, Unit. */

/** The systems of the lowest nibble; 5 to 14 are reserved. */
const systems = [
  "none",
  "si-linear",
  "si-rotation",
  "english-linear",
  "english-rotation",
  ...Array.from({ length: 10 }, () => "reserved" as const),
  "vendor",
] as const;

/** The system of units of a field. Both SI systems count in centimetres and grams. */
export type UnitSystem = (typeof systems)[number];

/** A unit as the powers of its base units; `{ length: 1, time: -2 }` of "si-linear" is cm/s². */
export interface Unit {
  readonly system: UnitSystem;
  /** cm; of the rotations, radians (SI) or degrees (English); of English linear, inches. */
  readonly length: number;
  /** Grams (SI) or slugs (English). */
  readonly mass: number;
  /** Seconds. */
  readonly time: number;
  /** Kelvin (SI) or degrees Fahrenheit (English). */
  readonly temperature: number;
  /** Amperes. */
  readonly current: number;
  /** Candela. */
  readonly luminousIntensity: number;
}

/** The base units by the nibble of the code, from the second lowest on. */
const symbols: Readonly<Partial<Record<UnitSystem, readonly string[]>>> = {
  "si-linear": ["cm", "g", "s", "K", "A", "cd"],
  "si-rotation": ["rad", "g", "s", "K", "A", "cd"],
  "english-linear": ["in", "slug", "s", "°F", "A", "cd"],
  "english-rotation": ["°", "slug", "s", "°F", "A", "cd"],
};

/** Takes a unit's code apart. */
export function decodeUnit(code: number): Unit {
  const [system = 0, length = 0, mass = 0, time = 0, temperature = 0, current = 0, luminousIntensity = 0] =
    nibblesOf(code);
  return {
    system: systems[system]!,
    length: exponent(length),
    mass: exponent(mass),
    time: exponent(time),
    temperature: exponent(temperature),
    current: exponent(current),
    luminousIntensity: exponent(luminousIntensity),
  };
}

/**
 * A unit's code for people: "cm·s^-2".
 *
 * @returns "" for no unit, `undefined` for a system that only its vendor knows
 */
export function unitSymbol(code: number): string | undefined {
  if (code === 0) return "";
  const [system = 0, ...powers] = nibblesOf(code);
  const base = symbols[systems[system]!];
  if (base === undefined) return systems[system] === "none" ? "" : undefined;
  const factors = base.map((symbol, index) => [symbol, exponent(powers[index] ?? 0)] as const);
  return factors
    .filter(([, power]) => power !== 0)
    .map(([symbol, power]) => (power === 1 ? symbol : `${symbol}^${power}`))
    .join("·");
}

function nibblesOf(code: number): number[] {
  return Array.from({ length: 7 }, (_, index) => (code >>> (4 * index)) & 0xf);
}

/** Two's complement in a nibble. */
function exponent(nibble: number): number {
  return nibble < 8 ? nibble : nibble - 16;
}
