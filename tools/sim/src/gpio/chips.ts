import type { Clock } from "@busbar/host";
import { chipNameOf, type GpioChipName } from "@busbar/host/backend";
import { SimulatedGpioChip } from "./chip.ts";

/** The simulated GPIO chips of a board by name: one is there once somebody is wired to it. */
export class SimulatedGpioChips {
  readonly #clock: Clock;
  readonly #chips = new Map<GpioChipName, SimulatedGpioChip>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A chip that somebody is wired to. */
  get(name: GpioChipName): SimulatedGpioChip | undefined {
    return this.#chips.get(chipNameOf(name));
  }

  /** A chip to wire something to. */
  chip(name: GpioChipName): SimulatedGpioChip {
    const key = chipNameOf(name);
    let chip = this.#chips.get(key);
    if (chip === undefined) {
      chip = new SimulatedGpioChip(this.#clock);
      this.#chips.set(key, chip);
    }
    return chip;
  }
}
