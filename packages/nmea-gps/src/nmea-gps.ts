/**
 * Satellite receivers that speak NMEA 0183: GPS, Galileo, GLONASS, BeiDou and the like.
 *
 * Standard: NMEA 0183, version 4.11, of which receivers' manuals repeat what is used here: "u-blox 8 / u-blox M8 Receiver description", UBX-13003221,
 * section 31; "GlobalTop PMTK command packet", and others. Receivers send their sentences by themselves, once a second from the factory.
 */

import {
  type Channel,
  completeOptions,
  DriverError,
  flag,
  type Info,
  integer,
  type OptionsOf,
  readFrame,
  type SensorDriver,
  type Timer,
  type UartPort,
} from "@busbar/guest";
import { FieldError, type Gga, KNOT, parseGga, parseRmc, type Rmc } from "./fix.ts";
import { type Sentence, SentenceFinder } from "./sentence.ts";

/** The options, their defaults, and the settings of a board file. */
export const nmeaGpsOptions = {
  /** Whether the altitude is a channel: a receiver that sees few satellites has none. */
  altitude: flag(true),
  /** Whether the speed is a channel: it is in the sentence RMC, which some receivers have switched off. */
  speed: flag(true),
  /** How long a reading waits for the receiver's next position, in milliseconds; more than twice its interval. */
  timeoutMs: integer({ minimum: 100, maximum: 60_000 }, 3000),
};

/** What can be set; see `nmeaGpsOptions`. */
export type NmeaGpsOptions = OptionsOf<typeof nmeaGpsOptions>;

/** One reading; a new object for each. */
export interface NmeaGpsSample {
  /** Degrees north, WGS 84. */
  readonly latitude: number;
  /** Degrees east, WGS 84. */
  readonly longitude: number;
  /** Metres above mean sea level; undefined where it is turned off. */
  readonly altitude: number | undefined;
  /** Metres per second over ground; undefined where it is turned off. */
  readonly speed: number | undefined;
}

/** What a reading looks at: several sentences come behind each other. */
const READ_BYTES = 256;
/** Of a minute of arc, receivers have four decimals at least. */
const ANGLE_RESOLUTION = 0.0001 / 60;

type SampleChannel = Channel & { readonly label: keyof NmeaGpsSample };

const channels: readonly SampleChannel[] = [
  { quantity: "latitude", label: "latitude", minimum: -90, maximum: 90, resolution: ANGLE_RESOLUTION },
  { quantity: "longitude", label: "longitude", minimum: -180, maximum: 180, resolution: ANGLE_RESOLUTION },
  // What the field has room for: -9999.9 to 99999.9.
  { quantity: "distance", label: "altitude", minimum: -9999.9, maximum: 99_999.9, resolution: 0.1 },
  // 999.9 knots, twice of which are exported.
  { quantity: "speed", label: "speed", minimum: 0, maximum: 1999.9 * KNOT, resolution: 0.1 * KNOT },
];

/** The driver of one receiver. It only listens: a port that may be read is enough. */
export class NmeaGps implements SensorDriver<keyof NmeaGpsSample> {
  readonly info: Info = { vendor: "NMEA", model: "NMEA 0183 receiver" };
  readonly channels: readonly SampleChannel[];
  readonly #port: UartPort;
  readonly #timer: Timer;
  readonly #options: NmeaGpsOptions;

  /**
   * Listens until there is a sentence. It need not have a fix.
   *
   * @throws DriverError `invalid-argument`; `timeout` when nothing comes; `wrong-device` when what comes is no sentence; what UartPort throws
   */
  constructor(port: UartPort, timer: Timer, options: Partial<NmeaGpsOptions> = {}) {
    this.#options = completeOptions(nmeaGpsOptions, options);
    this.#port = port;
    this.#timer = timer;
    const { altitude, speed } = this.#options;
    const isOn: Partial<Record<keyof NmeaGpsSample, boolean>> = { altitude, speed };
    this.channels = channels.filter(({ label }) => isOn[label] !== false);
    const finder = new SentenceFinder();
    this.#next(finder, timer.nowMs() + this.#options.timeoutMs, () =>
      finder.hasHeard ? nonsense() : silent(),
    );
  }

  /**
   * Waits for the next position: the sentences of one time that begin after this was called.
   *
   * @throws DriverError `timeout` when the receiver has no fix, or sends no such sentence; `protocol` when a sentence is not as it has to be; what
   *   UartPort throws
   */
  read(): NmeaGpsSample {
    // What has come so far is old.
    this.#port.discard();
    const finder = new SentenceFinder();
    const endMs = this.#timer.nowMs() + this.#options.timeoutMs;
    let gga: Gga | undefined;
    let rmc: Rmc | undefined;
    for (;;) {
      const missing = gga === undefined ? "GGA" : "RMC";
      const sentence = this.#next(finder, endMs, () => (finder.hasHeard ? without(missing) : silent()));
      if (sentence.type === "GGA") gga = parsed(sentence, parseGga);
      else if (sentence.type === "RMC") rmc = parsed(sentence, parseRmc);
      else continue;
      if (gga === undefined || (this.#options.speed && rmc === undefined)) continue;
      // One of the last second and one of this one are no position together.
      if (this.#options.speed && gga.time !== rmc!.time) continue;
      return this.#sampleOf(gga, rmc);
    }
  }

  /** The receiver goes on: it would have to find its satellites again. */
  close(): void {}

  #next(finder: SentenceFinder, endMs: number, timeout: () => DriverError): Sentence {
    const timeoutMs = endMs - this.#timer.nowMs();
    return readFrame(this.#port, this.#timer, finder, { timeoutMs, maximum: READ_BYTES, timeout });
  }

  #sampleOf({ position, altitude }: Gga, rmc: Rmc | undefined): NmeaGpsSample {
    const options = this.#options;
    if (position === undefined || (options.speed && !rmc!.hasFix)) throw noFix("no fix");
    if (options.altitude && altitude === undefined) throw noFix("a fix without an altitude");
    if (options.speed && rmc!.speed === undefined) throw noFix("a fix without a speed");
    return {
      ...position,
      altitude: options.altitude ? altitude : undefined,
      speed: options.speed ? rmc!.speed : undefined,
    };
  }
}

/** Reads the fields of a sentence. @throws DriverError `protocol` */
function parsed<Read>({ talker, type, fields }: Sentence, read: (fields: readonly string[]) => Read): Read {
  try {
    return read(fields);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw DriverError.protocol(
      `The receiver's ${talker}${type} has ${error.message}, which is none; look at what it sends with a terminal.`,
    );
  }
}

function noFix(has: string): DriverError {
  return DriverError.timeout(
    `The receiver has ${has}; give its antenna a view of the sky, and some minutes after it was switched on.`,
  );
}

function silent(): DriverError {
  return DriverError.timeout(
    "The receiver sends nothing; check its power, and that its TX is on the port's RX.",
  );
}

function without(type: string): DriverError {
  return DriverError.timeout(
    `The receiver sends no ${type} in this time; switch that sentence on, or raise the setting "timeout-ms".`,
  );
}

function nonsense(): DriverError {
  return DriverError.wrongDevice(
    "What comes is no NMEA 0183; check the port, and its baud rate: most receivers have 9600, and some 4800, 38400 or 115200.",
  );
}
