import type { SimulatedPins, WireLevel } from "@busbar/model";
import type { SimulatedGpioChip } from "./chip.ts";

/** The lines of a simulated chip as the pins of a model that drives them. */
export class PinsOfModel implements SimulatedPins {
  readonly #chip: SimulatedGpioChip;

  constructor(chip: SimulatedGpioChip) {
    this.#chip = chip;
  }

  drive(offset: number, level: WireLevel | undefined): void {
    const line = this.#chip.line(offset);
    if (level === undefined) line.close();
    else if (line.isOpen) line.write(level);
    else line.open({ device: "a model", chip: "", line: offset, direction: "in-out", initial: level });
  }

  level(offset: number): WireLevel {
    return this.#chip.level(offset);
  }
}
