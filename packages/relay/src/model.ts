import { defineGpioModel, type GpioPart, type WireLevel } from "@busbar/model";
import * as v from "valibot";

/** A relay that is on while its input has one level. */
export class RelayModule implements GpioPart {
  readonly #trigger: WireLevel;
  #input: WireLevel | undefined;

  /** @param trigger the level at which it is on */
  constructor(trigger: WireLevel) {
    this.#trigger = trigger;
  }

  /** Whether it is on. An input that nobody drives does not switch it. */
  get isOn(): boolean {
    return this.#input === this.#trigger;
  }

  level(): undefined {}

  nextChange(): undefined {}

  driven(_line: string, level: WireLevel | undefined): void {
    this.#input = level;
  }

  render(): string {
    return this.isOn ? "on" : "off";
  }
}

/** The parameters of the model "relay". */
const parameters = v.strictObject({ trigger: v.optional(v.picklist(["low", "high"]), "high") });

/** The model "relay" of the board file. */
export default defineGpioModel(["relay"], parameters, ({ trigger }) => new RelayModule(trigger));
