import { isWhole, requireAnswer, shortName } from "../answer.ts";
import { DeviceError } from "../error.ts";
import {
  askOpened,
  type DeviceLife,
  type GuestDevice,
  OpenedDevice,
  type OpenedGuest,
  openGuest,
} from "../opened-device.ts";

/** busbar:device/text-display `info`. */
export interface TextDisplayInfo {
  readonly vendor: string;
  readonly model: string;
}

/** busbar:device/text-display `size`, in characters. */
export interface TextDisplaySize {
  readonly rows: number;
  readonly columns: number;
}

/** busbar:device/text-display `custom-characters`: how many, and how many dots high and wide. */
export interface CustomCharacters {
  readonly count: number;
  readonly rows: number;
  /** At most 8. */
  readonly columns: number;
}

/** busbar:device/text-display `capabilities`. */
export interface TextDisplayCapabilities {
  /** How many levels of brightness there are above 0; 0 where nothing of it can be changed. */
  readonly brightnessLevels: number;
  /** The rates at which all of the text can blink, in hertz; empty where it cannot. */
  readonly blinkRates: readonly number[];
  /** Characters that can be drawn dot by dot; undefined where there are none. */
  readonly customCharacters: CustomCharacters | undefined;
}

/** More than any display has. A program may make a picture of all of it. */
const mostRowsOrColumns = 1024;
/** Of a light that is set by 16 bits. */
const mostLevels = 65_535;
const mostBlinkRates = 64;
/** `customCharacter` has no more. */
const mostCustomCharacters = 256;
const mostDotRows = 64;
/** A row of dots is a byte. */
const mostDotColumns = 8;

interface GuestCapabilities {
  brightnessLevels: number;
  blinkRates: ArrayLike<number>;
  customCharacters?: CustomCharacters;
}

/** The guest's resource. */
interface GuestTextDisplay extends GuestDevice {
  info(): Promise<TextDisplayInfo>;
  size(): Promise<TextDisplaySize>;
  capabilities(): Promise<GuestCapabilities>;
  clear(): Promise<void>;
  write(row: number, column: number, text: string): Promise<void>;
  setBrightness(brightness: number): Promise<void>;
  setBlinkRate(hertz: number): Promise<void>;
  defineCharacter(index: number, rows: Uint8Array): Promise<void>;
}

/** An opened text display. Rows and columns count from 0. All methods throw DeviceError. */
export class TextDisplay extends OpenedDevice<GuestTextDisplay> {
  readonly info: TextDisplayInfo;
  readonly size: TextDisplaySize;
  readonly capabilities: TextDisplayCapabilities;
  protected override readonly noun = "display";

  private constructor(
    opened: OpenedGuest<GuestTextDisplay>,
    info: TextDisplayInfo,
    size: TextDisplaySize,
    capabilities: TextDisplayCapabilities,
  ) {
    super(opened);
    this.info = info;
    this.size = size;
    this.capabilities = capabilities;
  }

  /**
   * Opens the text display of a running instance.
   *
   * @throws DeviceError
   */
  static async open(name: string, instance: DeviceLife): Promise<TextDisplay> {
    const opened = await openGuest<GuestTextDisplay>(name, instance);
    const { device } = opened;
    const [info, size, capabilities] = await askOpened(opened, async () => {
      const { vendor, model } = await instance.call(() => device.info());
      const { rows, columns } = await instance.call(() => device.size());
      const isSize = isWhole(rows, 1, mostRowsOrColumns) && isWhole(columns, 1, mostRowsOrColumns);
      requireAnswer(name, isSize, () => {
        return `says that it has ${rows} rows of ${columns} characters, and a display has 1 to ${mostRowsOrColumns} of both`;
      });
      const told = await instance.call(() => device.capabilities());
      const capable = requireCapabilities(name, told);
      return [{ vendor: shortName(vendor), model: shortName(model) }, { rows, columns }, capable] as const;
    });
    return new TextDisplay(opened, info, size, capabilities);
  }

  /** Shows nothing any more, in no row. */
  async clear(): Promise<void> {
    await this.call((device) => device.clear());
  }

  /**
   * Shows `text` in a row from a column on; what is beside it stays. `customCharacter(n)` stands for custom character
   * n. Where the text does not fit or cannot be shown, that is `invalid-argument`, and nothing of it is shown.
   */
  async write(row: number, column: number, text: string): Promise<void> {
    await this.call((device) => device.write(this.#whole("row", row), this.#whole("column", column), text));
  }

  /** From 0, dark, to 1; it becomes the nearest level that the part has, and more than 0 is never dark. */
  async setBrightness(brightness: number): Promise<void> {
    await this.call((device) => device.setBrightness(brightness));
  }

  /** All of the text blinks with one of `capabilities.blinkRates`, in hertz; 0 ends that. */
  async setBlinkRate(hertz: number): Promise<void> {
    await this.call((device) => device.setBlinkRate(hertz));
  }

  /** Draws custom character `index`: one number a row of dots, from the top; the rightmost dot is bit 0. */
  async defineCharacter(index: number, rows: ArrayLike<number>): Promise<void> {
    await this.call((device) => device.defineCharacter(this.#whole("index", index), this.#dots(rows)));
  }

  /** What WIT's types cannot say would arrive as another number. */
  #whole(what: string, value: number, maximum = 0xffff_ffff): number {
    if (Number.isInteger(value) && value >= 0 && value <= maximum) return value;
    const val = `the ${what} is ${value}, but must be a whole number from 0 to ${maximum}`;
    throw new DeviceError(this.name, { tag: "invalid-argument", val });
  }

  #dots(rows: ArrayLike<number>): Uint8Array {
    return Uint8Array.from(rows, (dots) => this.#whole("row of dots", dots, 0xff));
  }
}

/** @throws DeviceError `protocol` */
function requireCapabilities(
  name: string,
  { brightnessLevels, blinkRates, customCharacters }: GuestCapabilities,
): TextDisplayCapabilities {
  requireAnswer(name, isWhole(brightnessLevels, 0, mostLevels), () => {
    return `says that it has ${brightnessLevels} levels of brightness, and a display has ${mostLevels} at most`;
  });
  requireAnswer(name, blinkRates.length <= mostBlinkRates, () => {
    return `lists ${blinkRates.length} rates to blink at, and a display has ${mostBlinkRates} at most`;
  });
  for (const rate of Array.from(blinkRates)) {
    requireAnswer(name, Number.isFinite(rate) && rate > 0, () => `says that it can blink at ${rate} Hz`);
  }
  if (customCharacters !== undefined) {
    const { count, rows, columns } = customCharacters;
    const fits =
      isWhole(count, 1, mostCustomCharacters) &&
      isWhole(rows, 1, mostDotRows) &&
      isWhole(columns, 1, mostDotColumns);
    requireAnswer(name, fits, () => {
      return `says that it has ${count} custom characters of ${columns} x ${rows} dots, and a display has 1 to ${mostCustomCharacters} of up to ${mostDotColumns} x ${mostDotRows}`;
    });
  }
  return { brightnessLevels, blinkRates: Array.from(blinkRates), customCharacters };
}

/**
 * The character that stands for custom character `index` in a text: U+E000 for 0, the first one for private use.
 *
 * @param index 0 to 255
 */
export function customCharacter(index: number): string {
  return String.fromCharCode(0xe000 + index);
}
