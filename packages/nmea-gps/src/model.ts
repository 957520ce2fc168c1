import {
  defineUartModel,
  type MovingValue,
  movingValue,
  numberWithin,
  type UartForm,
  type UartPart,
  usualUartForm,
  valueAt,
} from "@busbar/model";
import * as v from "valibot";

/** Where a {@link SatelliteReceiver} is, and how it says that. */
export interface SatelliteReceiverOptions {
  /** Degrees north. */
  readonly latitude: MovingValue;
  /** Degrees east. */
  readonly longitude: MovingValue;
  /** Metres above mean sea level. */
  readonly altitude: MovingValue;
  /** Metres per second. */
  readonly speed: MovingValue;
  /** How many milliseconds after its beginning it has its first fix. */
  readonly fixAfterMs: number;
  /** How many milliseconds are between two positions. */
  readonly intervalMs: number;
  /** Who it says that it is. */
  readonly talker: string;
  /** The sentences of each position, in their order. */
  readonly sentences: readonly string[];
  /** Bits per second. */
  readonly baudRate: number;
}

/** Midnight of the day on which its clock begins, in seconds of that day: noon. */
const noonS = 12 * 3600;

/** A receiver of satellites: sentences at each interval, the first of them at once. It hears nothing of what it is sent. */
export class SatelliteReceiver implements UartPart {
  readonly form: UartForm;
  readonly #options: SatelliteReceiverOptions;
  readonly #beginMs: number;
  #sent = 0;

  /** @param beginMs when it was switched on */
  constructor(options: SatelliteReceiverOptions, beginMs: number) {
    this.#options = options;
    this.#beginMs = beginMs;
    this.form = { ...usualUartForm, baudRate: options.baudRate };
  }

  get nextMs(): number {
    return this.#beginMs + this.#sent * this.#options.intervalMs;
  }

  send(): Uint8Array {
    const elapsedMs = this.#sent * this.#options.intervalMs;
    this.#sent += 1;
    const text = this.#options.sentences.map((type) => this.#sentence(type, elapsedMs)).join("");
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  }

  receive(): void {}

  #sentence(type: string, elapsedMs: number): string {
    const body = [`${this.#options.talker}${type}`, ...this.#fields(type, elapsedMs)].join(",");
    const checksum = [...body].map((each) => each.codePointAt(0)!).reduce((sum, code) => sum ^ code);
    return `$${body}*${checksum.toString(16).padStart(2, "0").toUpperCase()}\r\n`;
  }

  #fields(type: string, elapsedMs: number): string[] {
    const { latitude, longitude, altitude, speed, fixAfterMs } = this.#options;
    const hasFix = elapsedMs >= fixAfterMs;
    const at = (value: MovingValue) => valueAt(value, elapsedMs);
    const position = hasFix
      ? [
          ...[angle(at(latitude), 2), at(latitude) < 0 ? "S" : "N"],
          ...[angle(at(longitude), 3), at(longitude) < 0 ? "W" : "E"],
        ]
      : ["", "", "", ""];
    switch (type) {
      case "GGA":
        return hasFix
          ? [
              clock(elapsedMs),
              ...position,
              "1",
              "08",
              "0.9",
              at(altitude).toFixed(1),
              "M",
              "46.9",
              "M",
              "",
              "",
            ]
          : [clock(elapsedMs), ...position, "0", "00", "99.99", "", "M", "", "M", "", ""];
      case "RMC":
        return hasFix
          ? [
              clock(elapsedMs),
              "A",
              ...position,
              (at(speed) / 0.514444).toFixed(3),
              "0.0",
              "301126",
              "",
              "",
              "A",
            ]
          : [clock(elapsedMs), "V", ...position, "", "", "301126", "", "", "N"];
      case "GSA":
        return ["A", hasFix ? "3" : "1", ...Array.from({ length: 12 }, () => ""), "1.5", "0.9", "1.2"];
      default:
        return ["1", "1", "00"];
    }
  }
}

/** hhmmss.ss */
function clock(elapsedMs: number): string {
  const hundredths = Math.round((noonS + elapsedMs / 1000) * 100) % (24 * 3600 * 100);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const seconds = hundredths / 100;
  return `${two(seconds / 3600)}${two((seconds / 60) % 60)}${two(seconds % 60)}.${two(hundredths % 100)}`;
}

/** ddmm.mmmmm, from all of it in units of the last decimal: what is rounded up to 60 minutes is a degree. */
function angle(degrees: number, digits: number): string {
  const parts = Math.round(Math.abs(degrees) * 60 * 100_000);
  const inOne = 60 * 100_000;
  const minutes = String(parts % inOne).padStart(7, "0");
  return `${String(Math.floor(parts / inOne)).padStart(digits, "0")}${minutes.slice(0, 2)}.${minutes.slice(2)}`;
}

/** The parameters of the model "nmea-gps"; its output is what {@link SatelliteReceiver} takes. */
const parameters = v.strictObject({
  latitude: v.optional(movingValue(-90, 90), 48.1173),
  longitude: v.optional(movingValue(-180, 180), 11.5167),
  altitude: v.optional(movingValue(-1000, 18_000), 545.4),
  speed: v.optional(movingValue(0, 515), 0),
  fixAfterMs: v.optional(numberWithin(0, 1e9), 0),
  intervalMs: v.optional(numberWithin(50, 60_000), 1000),
  talker: v.optional(v.picklist(["GP", "GA", "GB", "GI", "GL", "GN", "GQ"]), "GP"),
  sentences: v.optional(v.array(v.picklist(["GGA", "GSA", "GSV", "RMC"])), ["GGA", "GSA", "GSV", "RMC"]),
  baudRate: v.optional(v.picklist([4800, 9600, 19_200, 38_400, 57_600, 115_200]), 9600),
}) satisfies v.GenericSchema<unknown, SatelliteReceiverOptions>;

/** The model "nmea-gps" of the board file. */
export default defineUartModel(parameters, (options, clock) => new SatelliteReceiver(options, clock.now()));
