/** From the edges of one answer to what it says, without I/O. The data sheet is named in `./dht22.ts`. */

/** Bits of an answer: 16 of humidity, 16 of temperature, 8 of their sum ("Single-bus communication"). */
const BITS = 40;
/**
 * Edges that the bits are in: each begins with low and goes on with high; another low is their end, and the line is let go after it. The part's
 * own low and high before them, and what the host did, are no part of it.
 */
const EDGES = 2 * BITS + 1;
/** All that there can be: both edges of the part's response before the bits, the falling one that begins them, and both of the start signal. */
const MOST_EDGES = EDGES + 5;

/** "TH0" is 26 µs, 30 at most; "TH1" is 70, 68 at least: halfway. A late interrupt is some 10 µs. */
const ONE_MS = 0.049;
/** "TH0" is 22 µs at least, "TH1" 75 at most: two of them and the low between are 92. Less what interrupts are late. */
const HIGH_MS = [0.012, 0.09] as const;
/** "TLOW" and "Ten" are 45 to 55 µs; two of them and a high between are 112. */
const LOW_MS = [0.03, 0.085] as const;

/** Why there is nothing that could be decoded. */
export type Undecodable = "silent" | "missing" | "too-many" | "checksum";

/** What an answer says. */
export interface Answer {
  /** %RH. */
  readonly humidity: number;
  /** °C. */
  readonly temperature: number;
}

/**
 * Decodes an answer.
 *
 * Only the times of the edges count, and that they alternate: a kernel asks for the level of an edge when it handles it, which can be after
 * the next. The last edge is the one at which the part lets the line go.
 *
 * @param timesMs of all edges since the start signal, in their order, in milliseconds
 */
export function decode(timesMs: readonly number[]): Answer | Undecodable {
  // Two are the host's own.
  if (timesMs.length <= 2) return "silent";
  if (timesMs.length < EDGES) return "missing";
  if (timesMs.length > MOST_EDGES) return "too-many";
  const times = timesMs.slice(-EDGES);
  const lengths = times.slice(1).map((timeMs, index) => timeMs - times[index]!);
  const isBit = (lengthMs: number, index: number) => {
    const [shortestMs, longestMs] = index % 2 === 0 ? HIGH_MS : LOW_MS;
    return lengthMs >= shortestMs && lengthMs <= longestMs;
  };
  if (!lengths.every(isBit)) return "missing";
  const bytes = [0, 0, 0, 0, 0];
  for (let bit = 0; bit < BITS; bit += 1) {
    // High, and then the low of the next bit.
    if (lengths[2 * bit]! > ONE_MS) bytes[bit >> 3]! |= 0x80 >> (bit & 7);
  }
  const [humidityHigh, humidityLow, temperatureHigh, temperatureLow, sum] = bytes as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (((humidityHigh + humidityLow + temperatureHigh + temperatureLow) & 0xff) !== sum) return "checksum";
  // Tenths; the uppermost bit of the temperature is its sign, and not two's complement.
  const tenths = ((temperatureHigh & 0x7f) << 8) | temperatureLow;
  return {
    humidity: ((humidityHigh << 8) | humidityLow) / 10,
    temperature: ((temperatureHigh & 0x80) !== 0 && tenths !== 0 ? -tenths : tenths) / 10,
  };
}
