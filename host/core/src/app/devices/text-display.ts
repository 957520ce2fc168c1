import type {
  CustomCharacters,
  TextDisplay,
  TextDisplayInfo,
  TextDisplaySize,
} from "../../device/text-display.ts";
import type { AppContext } from "../context.ts";
import { closeQuietly, opened } from "./opened.ts";

/** busbar:device/text-display for one app. */
export function appTextDisplays(context: AppContext) {
  return {
    Device: TextDisplayResource,
    open: async (name: string) =>
      new TextDisplayResource(await opened(context, name, () => context.devices.textDisplay(name))),
  };
}

class TextDisplayResource implements Disposable {
  readonly #display: TextDisplay;

  constructor(display: TextDisplay) {
    this.#display = display;
  }

  async info(): Promise<TextDisplayInfo> {
    return this.#display.info;
  }

  async size(): Promise<TextDisplaySize> {
    return this.#display.size;
  }

  async capabilities(): Promise<{
    brightnessLevels: number;
    blinkRates: Float64Array;
    customCharacters: CustomCharacters | undefined;
  }> {
    const { brightnessLevels, blinkRates, customCharacters } = this.#display.capabilities;
    return { brightnessLevels, blinkRates: Float64Array.from(blinkRates), customCharacters };
  }

  clear(): Promise<void> {
    return this.#display.clear();
  }

  write(row: number, column: number, text: string): Promise<void> {
    return this.#display.write(row, column, text);
  }

  setBrightness(brightness: number): Promise<void> {
    return this.#display.setBrightness(brightness);
  }

  setBlinkRate(hertz: number): Promise<void> {
    return this.#display.setBlinkRate(hertz);
  }

  defineCharacter(index: number, rows: Uint8Array): Promise<void> {
    return this.#display.defineCharacter(index, rows);
  }

  close(): Promise<void> {
    return closeQuietly(this.#display);
  }

  [Symbol.dispose](): void {
    void closeQuietly(this.#display);
  }
}
