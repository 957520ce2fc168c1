/** From the fields of sentences to a position, without I/O. */

/** What GGA and RMC have in common: when they are about. */
interface Timed {
  /** "123519.00", UTC; empty where the receiver does not know. Two sentences of one time are about one position. */
  readonly time: string;
}

/** A position. */
export interface Position {
  /** Degrees north, WGS 84. */
  readonly latitude: number;
  /** Degrees east, WGS 84. */
  readonly longitude: number;
}

/** GGA: the position and its height; no position where there is no fix. */
export interface Gga extends Timed {
  readonly position: Position | undefined;
  /** Metres above mean sea level; undefined where the receiver does not know it. */
  readonly altitude: number | undefined;
}

/** RMC: the speed; none where there is no fix. */
export interface Rmc extends Timed {
  /** Whether the receiver has a fix. */
  readonly hasFix: boolean;
  /** Metres per second over ground; undefined where the receiver does not know it. */
  readonly speed: number | undefined;
}

/** A sentence whose fields are not as they have to be. */
export class FieldError extends Error {
  override readonly name = "FieldError";
}

/** A knot in metres per second: a nautical mile of 1852 m in an hour. */
export const KNOT = 1852 / 3600;

/**
 * The qualities that are of a position measured now: GPS, differential, precise, real-time kinematic fixed and float. Estimated (6) goes
 * on from an old one, 7 and 8 are typed in or made up, and 0 is none.
 */
const measured = new Set(["1", "2", "3", "4", "5"]);

/** The mode indicators of positions measured now: autonomous, differential, precise, real-time kinematic, float. Older receivers have none. */
const measuredModes = new Set(["", "A", "D", "P", "R", "F"]);

/**
 * Reads GGA: time, latitude, N or S, longitude, E or W, quality, satellites, dilution, altitude, M, and what nobody asks for.
 *
 * @throws FieldError
 */
export function parseGga(fields: readonly string[]): Gga {
  const [time = "", latitude = "", north = "", longitude = "", east = "", quality = ""] = fields;
  const [, , , , , , , , altitude = "", unit = ""] = fields;
  if (!/^[0-9]?$/.test(quality)) throw new FieldError(`the quality "${quality}"`);
  if (!measured.has(quality)) return { time: timeOf(time), position: undefined, altitude: undefined };
  if (altitude !== "" && unit !== "M") throw new FieldError(`an altitude in "${unit}"`);
  return {
    time: timeOf(time),
    position: {
      latitude: degreesOf(latitude, 2, 90, north === "S" ? -1 : north === "N" ? 1 : 0),
      longitude: degreesOf(longitude, 3, 180, east === "W" ? -1 : east === "E" ? 1 : 0),
    },
    altitude: altitude === "" ? undefined : numberOf(altitude, /^-?[0-9]{1,6}(\.[0-9]{1,6})?$/),
  };
}

/**
 * Reads RMC: time, A or V, latitude, N or S, longitude, E or W, knots, course, date, magnetic variation, its side, mode.
 *
 * @throws FieldError
 */
export function parseRmc(fields: readonly string[]): Rmc {
  const [time = "", status = "", , , , , knots = ""] = fields;
  const mode = fields[11] ?? "";
  if (!/^[AV]?$/.test(status)) throw new FieldError(`the status "${status}"`);
  const hasFix = status === "A" && measuredModes.has(mode);
  if (!hasFix || knots === "") return { time: timeOf(time), hasFix, speed: undefined };
  return { time: timeOf(time), hasFix, speed: numberOf(knots, /^[0-9]{1,4}(\.[0-9]{1,6})?$/) * KNOT };
}

/** "hhmmss", with any decimals; empty for a receiver whose clock is not set. */
function timeOf(text: string): string {
  if (/^([01][0-9]|2[0-3])[0-5][0-9]([0-5][0-9]|60)(\.[0-9]{1,6})?$/.test(text) || text === "") return text;
  throw new FieldError(`the time "${text}"`);
}

/** "ddmm.mmmm": degrees, and minutes of which 60 are one. */
function degreesOf(text: string, digits: 2 | 3, most: number, sign: -1 | 0 | 1): number {
  const [, degrees, minutes] = /^([0-9]+)([0-9]{2}(?:\.[0-9]{1,10})?)$/.exec(text) ?? [];
  const value = Number(degrees) + Number(minutes) / 60;
  if (degrees?.length === digits && Number(minutes) < 60 && value <= most && sign !== 0) return sign * value;
  throw new FieldError(`the position "${text}"`);
}

function numberOf(text: string, form: RegExp): number {
  if (form.test(text)) return Number(text);
  throw new FieldError(`the number "${text}"`);
}
