/** Mice, and tablets that say where instead of how far. Source: HID 1.11, appendix B.2; Usage Tables 1.5, section 4. */

import { type Field, usageId, usagePage } from "./field.ts";
import type { DecodedReport } from "./report.ts";
import { Usage, UsagePage } from "./usages.ts";

/** What a report of a mouse says. */
export interface MouseReport {
  /** Counts to the right since the last report; 0 where the device says where it is. */
  readonly movementX: number;
  /** Counts towards the user, down on a screen, since the last report. */
  readonly movementY: number;
  /** Where it is, each from 0 (left, top) to 1; `undefined` where the device only says how far it moved. */
  readonly position: { readonly x: number; readonly y: number } | undefined;
  /** Steps of the wheel away from the user since the last report. */
  readonly wheel: number;
  /** Steps of the wheel to the right since the last report. */
  readonly horizontalWheel: number;
  /** The buttons that are down: bit 0 is button 1, the primary one; to button 32. */
  readonly buttons: number;
}

/** Turns a mouse's reports into movements. */
export class MouseDecoder {
  #buttons = 0;
  #x: number | undefined;
  #y: number | undefined;

  /**
   * Takes an input report.
   *
   * @returns `undefined` for a report that has nothing of a mouse
   */
  apply({ values }: DecodedReport): MouseReport | undefined {
    const moved = { movementX: 0, movementY: 0, wheel: 0, horizontalWheel: 0 };
    let isMouse = false;
    for (const { field, usage, value, inRange } of values) {
      if (usage === undefined || !isPartOfMouse(field)) continue;
      isMouse = true;
      // -128 of a wheel from -127 to 127, say: no movement (5.10).
      const steps = inRange ? value : 0;
      if (usagePage(usage) === UsagePage.BUTTON)
        this.#setButton(usageId(usage), field.kind === "array" || value !== 0);
      else if (usage === Usage.WHEEL) moved.wheel += steps;
      else if (usage === Usage.AC_PAN) moved.horizontalWheel += steps;
      else if (field.isRelative && usage === Usage.X) moved.movementX += steps;
      else if (field.isRelative && usage === Usage.Y) moved.movementY += steps;
      else if (usage === Usage.X && inRange) this.#x = share(field, value) ?? this.#x;
      else if (usage === Usage.Y && inRange) this.#y = share(field, value) ?? this.#y;
    }
    if (!isMouse) return undefined;
    const position = this.#x === undefined || this.#y === undefined ? undefined : { x: this.#x, y: this.#y };
    return { ...moved, position, buttons: this.#buttons };
  }

  #setButton(button: number, isDown: boolean): void {
    if (button < 1 || button > 32) return;
    const bit = 2 ** (button - 1);
    const others = (this.#buttons & ~bit) >>> 0;
    this.#buttons = isDown ? (others | bit) >>> 0 : others;
  }
}

/** In a mouse's or pointer's collection: the axes and buttons of a gamepad are no mouse. */
function isPartOfMouse(field: Field): boolean {
  for (let collection = field.collection; collection !== undefined; collection = collection.parent) {
    if (collection.usage === Usage.MOUSE || collection.usage === Usage.POINTER) {
      return topOf(field) !== Usage.GAMEPAD && topOf(field) !== Usage.JOYSTICK;
    }
  }
  // Descriptors that forget the collection are known of mice only.
  return field.collection === undefined;
}

function topOf(field: Field): number | undefined {
  let collection = field.collection;
  while (collection?.parent !== undefined) collection = collection.parent;
  return collection?.usage;
}

/** `undefined` where the field does not say what its ends are. */
function share({ logicalMinimum, logicalMaximum }: Field, value: number): number | undefined {
  if (logicalMaximum <= logicalMinimum) return undefined;
  return (value - logicalMinimum) / (logicalMaximum - logicalMinimum);
}
