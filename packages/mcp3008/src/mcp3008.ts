/**
 * Microchip MCP3008 and MCP3004: eight or four analog inputs, 10 bits.
 *
 * Data sheet: "2.7V 4-Channel/8-Channel 10-Bit A/D Converters with SPI Serial Interface", DS21295D, 2008.
 */

import {
  type Channel,
  completeOptions,
  type Delay,
  DriverError,
  type Info,
  integer,
  type OptionsOf,
  oneOf,
  type SensorDriver,
  type SpiDevice,
} from "@busbar/guest";
import { CODES, codeIn, requestOf, type Selection, voltsOf } from "./conversion.ts";

/** The options, their defaults, and the settings of a board file. */
export const mcp3008Options = {
  /** Which of the two: they answer alike, and have no id. */
  part: oneOf(["MCP3008", "MCP3004"], "MCP3008"),
  /** "single-ended": each input against ground. "differential": pairs of inputs, each even one against the odd one after it. */
  mode: oneOf(["single-ended", "differential"], "single-ended"),
  /** Millivolts at V_REF, from which everything is measured (section 1.0: 0.25 V to the supply, which is 5.5 V at most). */
  referenceMillivolts: integer({ minimum: 250, maximum: 5500 }, 3300),
};

/** What can be set; see `mcp3008Options`. */
export type MCP3008Options = OptionsOf<typeof mcp3008Options>;

/** One reading, in volts, by channel: "ch0" to "ch7", or "ch0-ch1" to "ch6-ch7"; a new object for each. */
export type MCP3008Sample = Readonly<Record<string, number>>;

/** Inputs of each part. */
const INPUTS = { MCP3008: 8, MCP3004: 4 } as const;

/** A channel, and how it is asked for. */
interface Measured {
  readonly channel: Channel;
  readonly request: Uint8Array;
}

/** The driver of one MCP3008 or MCP3004. */
export class MCP3008 implements SensorDriver {
  readonly info: Info;
  readonly channels: readonly Channel[];

  readonly #device: SpiDevice;
  readonly #measured: readonly Measured[];
  readonly #referenceVolts: number;
  readonly #where: string;
  #closed = false;

  /**
   * Converts once, to see that there is a part. It has no state, and needs no time.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device` and `bus` from the part
   */
  constructor(device: SpiDevice, _delay: Delay, options: Partial<MCP3008Options> = {}) {
    const { part, mode, referenceMillivolts } = completeOptions(mcp3008Options, options);
    this.#device = device;
    this.#referenceVolts = referenceMillivolts / 1000;
    this.#where = `The ${part}`;
    this.info = { vendor: "Microchip", model: part };
    this.#measured = selections(mode, INPUTS[part]).map((selection) => ({
      channel: channelOf(selection, this.#referenceVolts),
      request: requestOf(selection),
    }));
    this.channels = this.#measured.map(({ channel }) => channel);

    if (codeIn(device.transfer(this.#measured[0]!.request)) === undefined) {
      throw DriverError.wrongDevice(
        `Expected an ${part}, but nothing answers a conversion; correct the chip select or the wiring in the board file.`,
      );
    }
  }

  /**
   * Converts every channel, one after the other.
   *
   * @throws DriverError `bus`; `protocol` where nothing answers a conversion
   */
  read(): MCP3008Sample {
    if (this.#closed) throw DriverError.disconnected(`${this.#where} is closed; open it again.`);
    return Object.fromEntries(
      this.#measured.map(({ channel, request }) => [channel.label, this.#convert(channel.label, request)]),
    );
  }

  /** The part sleeps whenever it is not selected (section 6.4). Closing twice is legal. */
  close(): void {
    this.#closed = true;
  }

  #convert(label: string, request: Uint8Array): number {
    const code = codeIn(this.#device.transfer(request));
    if (code !== undefined) return voltsOf(code, this.#referenceVolts);
    throw DriverError.protocol(
      `${this.#where} did not answer a conversion of ${label}; check its wiring and supply.`,
    );
  }
}

/** What is measured, in the order of the inputs. A pair is measured in the one direction, even against odd: below 0 V it reads 0. */
function selections(mode: Selection["mode"], inputs: number): Selection[] {
  const step = mode === "single-ended" ? 1 : 2;
  return Array.from({ length: inputs / step }, (_, index) => ({ mode, input: index * step }));
}

function channelOf({ mode, input }: Selection, referenceVolts: number): Channel {
  return {
    quantity: "voltage",
    label: mode === "single-ended" ? `ch${input}` : `ch${input}-ch${input + 1}`,
    minimum: 0,
    maximum: voltsOf(CODES - 1, referenceVolts),
    resolution: voltsOf(1, referenceVolts),
  };
}
