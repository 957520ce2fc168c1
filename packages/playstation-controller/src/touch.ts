/** Fingers on a touchpad. Source: what Linux' hid-playstation driver, written by the maker, reads. */

/** A finger. */
export interface TouchPoint {
  /** 0 to 127: a finger keeps its number until it is lifted, and the next one has the next number. */
  readonly id: number;
  /** 0 (left) to 1. */
  readonly x: number;
  /** 0 (far side) to 1. */
  readonly y: number;
}

/** The touchpad's counts in each direction. */
export interface TouchpadSize {
  readonly width: number;
  readonly height: number;
}

const POINT_LENGTH = 4;
const INACTIVE = 0x80;

/** Two points of four bytes each: id and "nobody there", then 12 bits of x and 12 bits of y. */
export function parseTouches(view: DataView, offset: number, { width, height }: TouchpadSize): TouchPoint[] {
  return [0, 1].flatMap((index) => {
    const start = offset + index * POINT_LENGTH;
    const contact = view.getUint8(start);
    if ((contact & INACTIVE) !== 0) return [];
    const x = view.getUint16(start + 1, true) & 0xfff;
    const y = view.getUint16(start + 2, true) >> 4;
    return [{ id: contact, x: Math.min(1, x / (width - 1)), y: Math.min(1, y / (height - 1)) }];
  });
}
