/**
 * PMS5003: particles in the air, by the light that they scatter.
 *
 * Data manual: "PMS5003 series data manual", Plantower, version 2.3, 2016-06-01. The PMS7003 and the PMSA003 speak alike.
 */

import {
  type Channel,
  completeOptions,
  DriverError,
  flag,
  type Info,
  type OptionsOf,
  oneOf,
  readFrame,
  type SensorDriver,
  type Timer,
  type UartPort,
} from "@busbar/guest";
import { ACTIVE, CHANGE_MODE, PASSIVE, READ, SLEEP, SLEEP_SET, WAKE_UP } from "./commands.ts";
import { commandOf, type Values, ValuesFinder } from "./frame.ts";

/** The options, their defaults, and the settings of a board file. */
export const pms5003Options = {
  /**
   * "active": the part sends by itself, as it does from its power on, and nothing is sent to it. "passive": it is asked for each reading, and made
   * active again in the end.
   */
  mode: oneOf(["active", "passive"], "active"),
  /** Which mass concentrations there are: of air, those of the "standard particle", or both. */
  concentrations: oneOf(["atmospheric", "standard", "both"], "atmospheric"),
  /** Whether there are the numbers of particles as well. */
  numbers: flag(false),
  /** Whether opening wakes the part up and closing lets it sleep, which spares its fan and its laser; there are no readings for 30 s then. */
  sleep: flag(false),
};

/** What can be set; see `pms5003Options`. */
export type PMS5003Options = OptionsOf<typeof pms5003Options>;

/** One value each, by label; undefined where it is turned off. */
export type PMS5003Sample = Readonly<Record<Label, number | undefined>>;

type Label =
  | ("pm1" | "pm2.5" | "pm10")
  | ("pm1-standard" | "pm2.5-standard" | "pm10-standard")
  | ("beyond-0.3um" | "beyond-0.5um" | "beyond-1um" | "beyond-2.5um" | "beyond-5um" | "beyond-10um");

type SampleChannel = Channel & { readonly label: Label };

/** "Resolution: 1 µg/m³"; "maximum range >= 1000 µg/m³", and a value has 16 bits. */
const mass = (label: Label): SampleChannel => ({
  ...{ quantity: "mass-concentration", label, minimum: 0, maximum: 0xffff, resolution: 1 },
});

/** Of 0.1 litre of air in one of a cubic metre: ten thousand. */
const PER_CUBIC_METRE = 10_000;
const numberOf = (label: Label): SampleChannel => ({
  ...{ quantity: "number-concentration", label, minimum: 0 },
  ...{ maximum: 0xffff * PER_CUBIC_METRE, resolution: PER_CUBIC_METRE },
});

const atmosphericChannels = [mass("pm1"), mass("pm2.5"), mass("pm10")];
const standardChannels = [mass("pm1-standard"), mass("pm2.5-standard"), mass("pm10-standard")];
const numberLabels = [
  ...["beyond-0.3um", "beyond-0.5um", "beyond-1um"],
  ...["beyond-2.5um", "beyond-5um", "beyond-10um"],
] as readonly Label[];

/** "Stable mode with the real interval of 2.3 s", and the time of a frame and a little. */
const ACTIVE_MS = 3000;
/** "Total response time <= 10 s" is of the measurement; an asked part answers at once, in 33 ms at this speed. */
const PASSIVE_MS = 1000;
/** "Stable data should be got at least 30 seconds after the sensor wakeup from the sleep mode". */
const SETTLE_MS = 30_000;
/** Frames of 32 bytes. */
const READ_BYTES = 64;

/** The driver of one PMS5003, at 9600 baud. */
export class PMS5003 implements SensorDriver<Label> {
  readonly info: Info = { vendor: "Plantower", model: "PMS5003" };
  readonly channels: readonly SampleChannel[];
  readonly #port: UartPort;
  readonly #timer: Timer;
  readonly #options: PMS5003Options;
  readonly #settledMs: number;
  #isClosed = false;

  /**
   * Wakes the part up and sets its mode where the options say so, and waits for a frame.
   *
   * @throws DriverError `invalid-argument`; `timeout` when nothing comes; `wrong-device` when what comes is no frame; what UartPort throws
   */
  constructor(port: UartPort, timer: Timer, options: Partial<PMS5003Options> = {}) {
    this.#options = completeOptions(pms5003Options, options);
    this.#port = port;
    this.#timer = timer;
    const { concentrations, numbers, sleep, mode } = this.#options;
    this.channels = [
      ...(concentrations === "standard" ? [] : atmosphericChannels),
      ...(concentrations === "atmospheric" ? [] : standardChannels),
      ...(numbers ? numberLabels.map(numberOf) : []),
    ];
    if (sleep) port.write(commandOf(SLEEP_SET, WAKE_UP));
    if (mode === "passive") port.write(commandOf(CHANGE_MODE, PASSIVE));
    this.#values();
    this.#settledMs = sleep ? timer.nowMs() + SETTLE_MS : Number.NEGATIVE_INFINITY;
  }

  /**
   * The next frame: of the active mode, one that begins after this was called.
   *
   * @throws DriverError `timeout` when none comes, and until the fan has settled; what UartPort throws
   */
  read(): PMS5003Sample {
    const values = this.#values();
    const leftMs = this.#settledMs - this.#timer.nowMs();
    if (leftMs > 0) {
      const leftS = Math.ceil(leftMs / 1000);
      throw DriverError.timeout(
        `The fan of the PMS5003 needs ${leftS} more seconds after its sleep; read it then.`,
      );
    }
    return this.#sampleOf(values);
  }

  /** Leaves the part asleep, or active, where the options say so. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      if (this.#options.sleep) this.#port.write(commandOf(SLEEP_SET, SLEEP));
      else if (this.#options.mode === "passive") this.#port.write(commandOf(CHANGE_MODE, ACTIVE));
    } catch (error) {
      // It is gone, and with it what was to be done.
      if (!(error instanceof DriverError)) throw error;
    }
  }

  #values(): Values {
    const isPassive = this.#options.mode === "passive";
    // What has come so far is old.
    this.#port.discard();
    if (isPassive) this.#port.write(commandOf(READ));
    const finder = new ValuesFinder();
    return readFrame(this.#port, this.#timer, finder, {
      timeoutMs: isPassive ? PASSIVE_MS : ACTIVE_MS,
      maximum: READ_BYTES,
      timeout: () => (finder.hasHeard ? nonsense() : silent(isPassive)),
    });
  }

  #sampleOf({ atmospheric, standard, numbers }: Values): PMS5003Sample {
    const { concentrations, numbers: hasNumbers } = this.#options;
    const air = concentrations === "standard" ? undefined : atmospheric;
    const particle = concentrations === "atmospheric" ? undefined : standard;
    const counted = numbers.map((each) => (hasNumbers ? each * PER_CUBIC_METRE : undefined));
    return {
      ...{ pm1: air?.pm1, "pm2.5": air?.pm25, pm10: air?.pm10 },
      ...{ "pm1-standard": particle?.pm1, "pm2.5-standard": particle?.pm25, "pm10-standard": particle?.pm10 },
      ...(Object.fromEntries(numberLabels.map((label, index) => [label, counted[index]])) as PMS5003Sample),
    };
  }
}

function silent(isPassive: boolean): DriverError {
  return DriverError.timeout(
    isPassive
      ? "The PMS5003 does not answer; check that it has 5 V, that TX and RX are crossed, and that SET and RESET are high."
      : 'The PMS5003 sends nothing; check that it has 5 V and that SET and RESET are high, or switch it off and on: it may sleep, or be passive ("mode").',
  );
}

function nonsense(): DriverError {
  return DriverError.wrongDevice(
    "What comes is of no PMS5003; check the port, and that it has 9600 baud, and the wires.",
  );
}
