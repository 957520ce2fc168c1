/** GPIO, as its drivers have it. Where the lines come from is a parameter here. */

import type { Time } from "./board-time.ts";
import type { DriverBus } from "./driver.ts";
import { type GpioBoard, type GpioLines, WasiGpioLines } from "./gpio-lines.ts";

/** What the component of a GPIO driver imports. */
export interface GpioImports {
  readonly gpio: GpioBoard;
  readonly time: Time;
}

/** What the constructor of a GPIO driver is given, before its options. */
export type GpioGiven = [lines: GpioLines, time: Time];

/** Makes the bus on what a component imports. */
export function gpioOn({ gpio, time }: GpioImports): DriverBus<GpioGiven> {
  return { open: (name, opened) => [new WasiGpioLines(gpio, name, opened), time] };
}
