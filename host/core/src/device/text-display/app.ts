import { AppDevice } from "../app-device.ts";
import type { CustomCharacters, TextDisplay, TextDisplayInfo, TextDisplaySize } from "./text-display.ts";

/** What an app has of one: the resource of busbar:device/text-display. */
export class TextDisplayResource extends AppDevice<TextDisplay> {
  async info(): Promise<TextDisplayInfo> {
    return this.device.info;
  }

  async size(): Promise<TextDisplaySize> {
    return this.device.size;
  }

  async capabilities(): Promise<{
    brightnessLevels: number;
    blinkRates: Float64Array;
    customCharacters: CustomCharacters | undefined;
  }> {
    const { brightnessLevels, blinkRates, customCharacters } = this.device.capabilities;
    return { brightnessLevels, blinkRates: Float64Array.from(blinkRates), customCharacters };
  }

  clear(): Promise<void> {
    return this.device.clear();
  }

  write(row: number, column: number, text: string): Promise<void> {
    return this.device.write(row, column, text);
  }

  setBrightness(brightness: number): Promise<void> {
    return this.device.setBrightness(brightness);
  }

  setBlinkRate(hertz: number): Promise<void> {
    return this.device.setBlinkRate(hertz);
  }

  defineCharacter(index: number, rows: Uint8Array): Promise<void> {
    return this.device.defineCharacter(index, rows);
  }

  close(): Promise<void> {
    return this.closeQuietly();
  }
}
