/** What an Xbox controller says and is told, whichever protocol it speaks. */

/** The buttons by the names that are printed on them or that the maker uses. */
export type XboxButton =
  | "a"
  | "b"
  | "x"
  | "y"
  | "leftBumper"
  | "rightBumper"
  /** Back, and View since Xbox One. */
  | "view"
  /** Start, and Menu since Xbox One. */
  | "menu"
  | "leftStick"
  | "rightStick"
  | "up"
  | "down"
  | "left"
  | "right"
  /** The one in the middle, with the maker's sign. */
  | "guide"
  /** Xbox Series controllers only. */
  | "share";

/** A stick: -1 is left or up, 1 is right or down. */
export interface Stick {
  readonly x: number;
  readonly y: number;
}

/** All that a controller says. */
export interface XboxState {
  /** Those that are down. */
  readonly pressed: ReadonlySet<XboxButton>;
  /** 0 to 1. */
  readonly leftTrigger: number;
  /** 0 to 1. */
  readonly rightTrigger: number;
  readonly leftStick: Stick;
  readonly rightStick: Stick;
}

/** How strongly the motors turn, each from 0 to 1. */
export interface Rumble {
  /** The heavy one in the left grip. */
  readonly strong: number;
  /** The light one in the right grip. */
  readonly weak: number;
}

/** Motors of the triggers, besides those of the grips. */
export interface TriggerRumble extends Rumble {
  /** 0 to 1, at the left trigger. */
  readonly leftTrigger?: number;
  /** 0 to 1, at the right trigger. */
  readonly rightTrigger?: number;
}

/** No motor turns. */
export const STILL: TriggerRumble = { strong: 0, weak: 0 };

/** The buttons whose bits are set. @param masks button by bit */
export function pressedButtons(bits: number, masks: ReadonlyMap<number, XboxButton>): Set<XboxButton> {
  return new Set([...masks].flatMap(([mask, button]) => ((bits & mask) === 0 ? [] : [button])));
}

/** Two signed 16-bit numbers, x to the right and y upwards, as a stick with y downwards. */
export function stickAt(view: DataView, offset: number): Stick {
  // -32768 and 32767 are the ends of the way; 0 is the middle, and stays 0.
  const share = (value: number) => (value < 0 ? value / 32768 : value / 32767);
  const y = share(view.getInt16(offset + 2, true));
  return { x: share(view.getInt16(offset, true)), y: y === 0 ? 0 : -y };
}

/** A message of at least so many bytes; what is missing is 0. */
export function filledUp(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length >= length) return bytes;
  const whole = new Uint8Array(length);
  whole.set(bytes);
  return whole;
}

/**
 * A part of a byte's range.
 *
 * @throws RangeError when the share is not 0 to 1
 */
export function scaled(share: number, full: number): number {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`A motor turns with 0 to 1, not ${share}.`);
  return Math.round(share * full);
}
