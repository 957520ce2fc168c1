/** GPIO on Linux: the backend, and the list of chips. */

import { type GpioChipInfo, gpioChips } from "./chips.ts";
import { type GpioSystem, thisGpioSystem } from "./system.ts";

export { linuxGpio } from "./backend.ts";
export type { GpioChipInfo } from "./chips.ts";

/** All GPIO chips of this machine. Opens them, and changes nothing. */
export function listGpioChips(system: GpioSystem = thisGpioSystem): readonly GpioChipInfo[] {
  return system.platform === "linux" ? gpioChips(system) : [];
}
