/** A text display's driver in its two forms, opened alike. */

import {
  type DriverClass,
  type DriverDefinition,
  type OptionTable,
  type TextDisplayDriver,
  textDisplayOn,
} from "@busbar/guest";
import type { TextDisplayCapabilities, TextDisplayInfo, TextDisplaySize } from "@busbar/host";
import { type BenchMaker, boardOf, busesOf, componentBenchOf, named } from "./forms.ts";
import type { DriverWiring, HostWiring, TestBus } from "./wiring.ts";

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
export function componentDisplays<Bus extends TestBus>(
  component: string,
  wiring: HostWiring<Bus>,
): BenchMaker<Bus, OpenedTextDisplay> {
  return componentBenchOf(component, wiring, async (board, name) => {
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
export function sourceDisplays<const Table extends OptionTable, Given extends unknown[], Bus extends TestBus>(
  definition: DriverClass<Table, TextDisplayDriver, Given>,
  wiring: DriverWiring<Given, Bus>,
): BenchMaker<Bus, OpenedTextDisplay> {
  return async (devices, clock) => {
    const bus = wiring.guest(busesOf(devices), clock);
    const driver = textDisplayOn(boardOf(devices), { bus, ...definition } as DriverDefinition<
      Table,
      TextDisplayDriver,
      Given
    >);
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
