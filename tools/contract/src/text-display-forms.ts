/** A text display's driver in its two forms, opened alike. */

import {
  type DriverClass,
  type I2cGiven,
  i2cOn,
  type OptionTable,
  type TextDisplayDriver,
  textDisplayOn,
} from "@busbar/guest";
import type { TextDisplayCapabilities, TextDisplayInfo, TextDisplaySize } from "@busbar/host";
import { type BenchMaker, boardOf, componentBenchOf, named } from "./forms.ts";

/** An opened display of either form. Failures have the WIT error as `payload`. */
export interface OpenedTextDisplay {
  readonly info: TextDisplayInfo;
  readonly size: TextDisplaySize;
  readonly capabilities: Omit<TextDisplayCapabilities, "customCharacters"> &
    Partial<Pick<TextDisplayCapabilities, "customCharacters">>;
  clear(): Promise<void>;
  write(row: number, column: number, text: string): Promise<void>;
  setBrightness(brightness: number): Promise<void>;
  setBlinkRate(hertz: number): Promise<void>;
  defineCharacter(index: number, rows: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

/** The built component in the host. @param component the path of the .wasm file */
export function componentDisplays(component: string): BenchMaker<OpenedTextDisplay> {
  return componentBenchOf(component, async (board, name) => {
    const display = await board.textDisplay(name);
    return {
      info: display.info,
      size: display.size,
      capabilities: display.capabilities,
      clear: () => display.clear(),
      write: (...place) => display.write(...place),
      setBrightness: (brightness) => display.setBrightness(brightness),
      setBlinkRate: (hertz) => display.setBlinkRate(hertz),
      defineCharacter: (index, rows) => display.defineCharacter(index, rows),
      close: () => display[Symbol.asyncDispose](),
    };
  });
}

/** The source, with the part of @busbar/guest that makes a component's export of it. */
export function sourceDisplays<const Table extends OptionTable>(
  definition: DriverClass<Table, TextDisplayDriver, I2cGiven>,
): BenchMaker<OpenedTextDisplay> {
  return async (devices, address, clock) => {
    const board = boardOf(devices, address, clock);
    const driver = textDisplayOn(board, { bus: i2cOn(board), ...definition });
    return {
      open: async (name) => {
        const device = named(() => driver.open(name));
        return {
          info: device.info(),
          size: device.size(),
          capabilities: device.capabilities(),
          clear: async () => named(() => device.clear()),
          write: async (...place) => named(() => device.write(...place)),
          setBrightness: async (brightness) => named(() => device.setBrightness(brightness)),
          setBlinkRate: async (hertz) => named(() => device.setBlinkRate(hertz)),
          defineCharacter: async (index, rows) =>
            named(() => device.defineCharacter(index, Uint8Array.from(rows))),
          close: async () => device.close(),
        };
      },
      turns: () => 0,
      [Symbol.asyncDispose]: async () => {},
    };
  };
}
