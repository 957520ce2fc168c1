/**
 * Gamepads as browsers show them. Sources: W3C Gamepad, sections "Gamepad Interface" and "Remapping"; HID Usage Tables
 * 1.5, sections 4.3 (axes) and 4.4 (hat switch, D-pad).
 */

import { type Field, hasUsage, usagePage } from "./field.ts";
import { type GamepadMapping, StandardButton } from "./gamepad-mappings.ts";
import type { DecodedReport } from "./report.ts";
import type { ReportDescriptor } from "./report-descriptor.ts";
import { Usage, UsagePage } from "./usages.ts";

/** A button. */
export interface GamepadButton {
  /** Down; of a trigger, past the first tenth of its way. */
  readonly pressed: boolean;
  /** 0 to 1. */
  readonly value: number;
}

/** All that a gamepad says, as in a browser. */
export interface GamepadState {
  /** "standard": buttons and axes are where `StandardButton` and `StandardAxis` say. */
  readonly mapping: "standard" | "";
  /** -1 (left, up) to 1. */
  readonly axes: readonly number[];
  /** By their number; those that the device does not have are never pressed. */
  readonly buttons: readonly GamepadButton[];
}

/** A trigger that rests a little off zero is not pressed. */
const TRIGGER_THRESHOLD = 0.1;
const AXES = 4;
const STANDARD_BUTTONS = 17;

const dpadUsages: ReadonlyMap<number, number> = new Map<number, number>([
  [Usage.DPAD_UP, StandardButton.DPAD_UP],
  [Usage.DPAD_DOWN, StandardButton.DPAD_DOWN],
  [Usage.DPAD_LEFT, StandardButton.DPAD_LEFT],
  [Usage.DPAD_RIGHT, StandardButton.DPAD_RIGHT],
]);
/** The D-pad's buttons around the circle, clockwise from up. */
const dpadClockwise = [
  StandardButton.DPAD_UP,
  StandardButton.DPAD_RIGHT,
  StandardButton.DPAD_DOWN,
  StandardButton.DPAD_LEFT,
];

/** Turns a gamepad's reports into states. */
export class GamepadDecoder {
  readonly #mapping: GamepadMapping;
  readonly #axes: number[] = Array.from({ length: AXES }, () => 0);
  /** The value of each usage that presses a button, by button. */
  readonly #sources: readonly Map<number, number>[];

  /** @param mapping see `gamepadMapping` */
  constructor(descriptor: ReportDescriptor, mapping: GamepadMapping) {
    this.#mapping = mapping;
    const targets = descriptor.reports
      .flatMap(({ type, fields }) => (type === "input" ? fields : []))
      .flatMap((field) => [...mapping.buttons].filter(([usage]) => hasUsage(field, usage)))
      .map(([, target]) => target);
    const length = Math.max(STANDARD_BUTTONS, ...targets.map((target) => target + 1));
    this.#sources = Array.from({ length }, () => new Map<number, number>());
  }

  /**
   * Takes an input report.
   *
   * @returns the whole state after it; `undefined` for a report that has nothing of the gamepad
   */
  apply({ values }: DecodedReport): GamepadState | undefined {
    const { axes, buttons, name } = this.#mapping;
    let isGamepad = false;
    for (const { field, usage, value, inRange } of values) {
      // Gamepads have a bit for each button: HID's arrays are for keyboards.
      if (usage === undefined || field.kind === "array" || isOfTouchpad(field)) continue;
      const axis = axes.get(usage);
      const button = dpadUsages.get(usage) ?? buttons.get(usage);
      if (axis === undefined && button === undefined && usage !== Usage.HAT_SWITCH) continue;
      isGamepad = true;
      // An axis that does not say what its ends are cannot be placed between them.
      if (axis !== undefined && !hasRange(field)) continue;
      if (axis !== undefined && inRange) this.#axes[axis] = share(field, value) * 2 - 1;
      else if (button !== undefined)
        this.#press(button, usage, inRange || field.bitSize === 1 ? share(field, value) : 0);
      else if (usage === Usage.HAT_SWITCH) this.#pressHat(field, inRange ? value : undefined);
    }
    if (!isGamepad) return undefined;
    return { mapping: name, axes: [...this.#axes], buttons: this.#sources.map(buttonOf) };
  }

  /** A button with several sources, a digital and an analog one or two usages, takes the largest value. */
  #press(button: number, usage: number, value: number): void {
    this.#sources[button]?.set(usage, value);
  }

  /**
   * Eight directions, or four, clockwise from up (Usage Tables, 4.3). `value`: `undefined` when it is not pressed. Where
   * the range has one value more than that, the last one is the centre, though the descriptor says nothing of it.
   */
  #pressHat(field: Field, inRange: number | undefined): void {
    const values = field.logicalMaximum - field.logicalMinimum + 1;
    const directions = values === 9 || values === 5 ? values - 1 : values;
    const isCentre = directions < 4 || inRange === field.logicalMinimum + directions;
    const value = isCentre ? undefined : inRange;
    for (const [index, button] of dpadClockwise.entries()) {
      // How far the direction is from this button, in eighths of the circle.
      const eighths =
        value === undefined ? 4 : Math.abs(((value - field.logicalMinimum) * 8) / directions - index * 2);
      this.#press(button, Usage.HAT_SWITCH, Math.min(eighths, 8 - eighths) < 2 ? 1 : 0);
    }
  }
}

/** A finger on a touchpad has X and Y, too, and is no stick. */
function isOfTouchpad({ collection }: Field): boolean {
  for (let each = collection; each !== undefined; each = each.parent) {
    if (usagePage(each.usage) === UsagePage.DIGITIZER) return true;
  }
  return false;
}

function buttonOf(sources: ReadonlyMap<number, number>): GamepadButton {
  const value = Math.max(0, ...sources.values());
  return { pressed: value > TRIGGER_THRESHOLD, value };
}

/** Where a value is in its range, 0 to 1. A button of one bit is 0 or 1 whatever range its descriptor forgot to set. */
function share({ bitSize, logicalMinimum, logicalMaximum }: Field, value: number): number {
  if (bitSize === 1) return value === 0 ? 0 : 1;
  return logicalMaximum > logicalMinimum ? (value - logicalMinimum) / (logicalMaximum - logicalMinimum) : 0;
}

function hasRange({ logicalMinimum, logicalMaximum }: Field): boolean {
  return logicalMaximum > logicalMinimum;
}
