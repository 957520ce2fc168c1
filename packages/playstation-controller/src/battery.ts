/** The battery of a controller. Source: what Linux' hid-playstation driver, written by the maker, reads. */

/** A battery. */
export interface Battery {
  /** 0 to 1, in steps of a tenth; `undefined` where the controller does not know. */
  readonly level: number | undefined;
  readonly status: "discharging" | "charging" | "full" | "not-charging";
}

const CAPACITY_MASK = 0x0f;

/** @param status the report's first status byte: bit 4 is the cable, the lowest four bits are tenths or a state */
export function parseDualShock4Battery(status: number): Battery {
  const value = status & CAPACITY_MASK;
  const hasCable = (status & 0x10) !== 0;
  if (!hasCable) return { level: tenths(value), status: "discharging" };
  // 10 is full but still charging; 11 is full; 14 is a voltage or temperature out of range, 15 is an error.
  if (value <= 10) return { level: tenths(value), status: "charging" };
  if (value === 11) return { level: 1, status: "full" };
  return { level: undefined, status: "not-charging" };
}

/** @param status the report's status byte: tenths in the lowest four bits, a state in the highest four */
export function parseDualSenseBattery(status: number): Battery {
  const level = tenths(status & CAPACITY_MASK);
  switch (status >> 4) {
    case 0:
      return { level, status: "discharging" };
    case 1:
      return { level, status: "charging" };
    case 2:
      return { level: 1, status: "full" };
    default:
      // 10 and 11 are a voltage or temperature out of range, 15 is an error.
      return { level: undefined, status: "not-charging" };
  }
}

/** Each value stands for a tenth of the range: its middle, and full at the end. */
function tenths(value: number): number {
  return Math.min(1, (value * 10 + 5) / 100);
}
