/**
 * Maxim MAX31855: a thermocouple, its cold junction compensated.
 *
 * Data sheet: "MAX31855 Cold-Junction Compensated Thermocouple-to-Digital Converter", 19-5793, revision 5, January 2015.
 */

import {
  type Channel,
  completeOptions,
  DriverError,
  type Info,
  type OptionsOf,
  oneOf,
  type SensorDriver,
  type SpiDevice,
  type Timer,
} from "@busbar/guest";
import {
  FRAME_LENGTH,
  type Frame,
  INTERNAL_RESOLUTION,
  parseFrame,
  THERMOCOUPLE_RESOLUTION,
} from "./frame.ts";

/** The options, their defaults, and the settings of a board file. */
export const max31855Options = {
  /** The last letter of the part: it is trimmed for one type of thermocouple ("Ordering Information"), and does not say which. */
  thermocouple: oneOf(["K", "J", "N", "T", "S", "R", "E"], "K"),
};

/** What can be set; see `max31855Options`. */
export type MAX31855Options = OptionsOf<typeof max31855Options>;

/** One reading; a new object for each. */
export interface MAX31855Sample {
  /** °C at the tip of the thermocouple. */
  readonly thermocouple: number;
  /** °C of the part, where the wires of the thermocouple end. */
  readonly internal: number;
}

/** A value of a sample. */
export type MAX31855Channel = Channel & { readonly label: keyof MAX31855Sample };

/** t_CONV, the longest time of a conversion, in milliseconds ("Serial-Interface Timing Characteristics"). */
const CONVERSION_MS = 100;
/** t_POWER-UP: from power-on until the part measures, in milliseconds. It may have been powered just now. */
const POWER_UP_MS = 200;
/** A frame that no part sends may have been garbled: it is read again. */
const ATTEMPTS = 2;

/** The driver of one MAX31855. */
export class MAX31855 implements SensorDriver<keyof MAX31855Sample> {
  readonly info: Info;
  /** Ranges: "General Description", and of the part itself table 5. */
  readonly channels: readonly MAX31855Channel[] = [
    {
      quantity: "temperature",
      label: "thermocouple",
      minimum: -270,
      maximum: 1800,
      resolution: THERMOCOUPLE_RESOLUTION,
    },
    {
      quantity: "temperature",
      label: "internal",
      minimum: -55,
      maximum: 127,
      resolution: INTERNAL_RESOLUTION,
    },
  ];

  readonly #device: SpiDevice;
  readonly #time: Timer;
  readonly #where: string;
  /** When the part was last left alone: it converts only while it is not selected. */
  #deselectedAt: number;
  #closed = false;

  /**
   * Looks whether there is a part.
   *
   * @throws DriverError `invalid-argument` before anything is read; `wrong-device` and `bus` from the part
   */
  constructor(device: SpiDevice, time: Timer, options: Partial<MAX31855Options> = {}) {
    const { thermocouple } = completeOptions(max31855Options, options);
    this.#device = device;
    this.#time = time;
    this.info = { vendor: "Maxim", model: `MAX31855${thermocouple}` };
    this.#where = `The ${this.info.model}`;
    time.waitMs(POWER_UP_MS);
    this.#deselectedAt = time.nowMs() - CONVERSION_MS;
    // A fault of the thermocouple is none of the part: it may be mended before the first reading.
    if (this.#readFrame().kind !== "nonsense") return;
    throw DriverError.wrongDevice(
      `Expected a ${this.info.model}, but what answers is none; correct the chip select or the driver in the board file.`,
    );
  }

  /**
   * The result of a conversion that began after the last reading: selecting the part ends the one that runs, so that whoever reads
   * faster would read the same value for ever ("Serial Interface").
   *
   * @throws DriverError `bus`; `protocol` where the thermocouple is open or shorted, and where what came is no frame
   */
  read(): MAX31855Sample {
    if (this.#closed) throw DriverError.disconnected(`${this.#where} is closed; open it again.`);
    const frame = this.#readFrame();
    if (frame.kind === "measured") return { thermocouple: frame.thermocouple, internal: frame.internal };
    throw DriverError.protocol(
      frame.kind === "fault"
        ? `The thermocouple of the ${this.info.model} ${frame.fault}; check its wires.`
        : `${this.#where} sends what is no measurement; check its wiring and supply.`,
    );
  }

  /** There is nothing to switch off. Closing twice is legal. */
  close(): void {
    this.#closed = true;
  }

  #readFrame(): Frame {
    for (let attempt = 1; ; attempt += 1) {
      this.#time.waitMs(Math.max(0, this.#deselectedAt + CONVERSION_MS - this.#time.nowMs()));
      const frame = this.#readOnce();
      if (frame.kind !== "nonsense" || attempt === ATTEMPTS) return frame;
    }
  }

  #readOnce(): Frame {
    try {
      return parseFrame(this.#device.read(FRAME_LENGTH));
    } finally {
      this.#deselectedAt = this.#time.nowMs();
    }
  }
}
