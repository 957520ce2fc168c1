/** The state of global items (HID 1.11, 6.2.2.7), which stays until it is changed and which Push and Pop keep. */

import { GlobalTag, type ShortItem, signedData } from "./item.ts";

/** Values as the items gave them: the sign of a maximum is only known when its minimum is. */
export interface GlobalState {
  usagePage: number;
  logicalMinimum: Extent;
  logicalMaximum: Extent;
  physicalMinimum: Extent;
  physicalMaximum: Extent;
  unitExponent: number;
  unit: number;
  reportSize: number;
  reportCount: number;
  /** `undefined` before the first Report ID. */
  reportId: number | undefined;
}

/** The data of a Minimum or Maximum item. */
export type Extent = Pick<ShortItem, "unsigned" | "size">;

const NOTHING: Extent = { unsigned: 0, size: 0 };

/** The state at the beginning of a descriptor. */
export function initialGlobalState(): GlobalState {
  return {
    usagePage: 0,
    logicalMinimum: NOTHING,
    logicalMaximum: NOTHING,
    physicalMinimum: NOTHING,
    physicalMaximum: NOTHING,
    unitExponent: 0,
    unit: 0,
    reportSize: 0,
    reportCount: 0,
    reportId: undefined,
  };
}

/**
 * Applies a global item, except Report ID, Push and Pop, which need more than this state.
 *
 * @returns false when it is none of them
 */
export function applyGlobalItem(state: GlobalState, item: ShortItem): boolean {
  const { unsigned, size } = item;
  switch (item.tag) {
    case GlobalTag.USAGE_PAGE:
      // Pages have 16 bits; more data than that is a mistake, of which the lower part is what was meant.
      state.usagePage = unsigned % 0x1_0000;
      return true;
    case GlobalTag.LOGICAL_MINIMUM:
      state.logicalMinimum = { unsigned, size };
      return true;
    case GlobalTag.LOGICAL_MAXIMUM:
      state.logicalMaximum = { unsigned, size };
      return true;
    case GlobalTag.PHYSICAL_MINIMUM:
      state.physicalMinimum = { unsigned, size };
      return true;
    case GlobalTag.PHYSICAL_MAXIMUM:
      state.physicalMaximum = { unsigned, size };
      return true;
    case GlobalTag.UNIT_EXPONENT:
      state.unitExponent = unitExponent(item);
      return true;
    case GlobalTag.UNIT:
      state.unit = unsigned;
      return true;
    case GlobalTag.REPORT_SIZE:
      state.reportSize = unsigned;
      return true;
    case GlobalTag.REPORT_COUNT:
      state.reportCount = unsigned;
      return true;
    default:
      return false;
  }
}

/**
 * A minimum and a maximum as numbers. A minimum is signed. A maximum is signed only when its minimum is below zero:
 * "Logical Minimum (0), Logical Maximum (FF)" in one byte each means 255 in very many devices, though 5.8 and 6.2.2.7
 * would make it -1.
 */
export function rangeOf(minimum: Extent, maximum: Extent): readonly [minimum: number, maximum: number] {
  const low = signedData(minimum);
  return [low, low < 0 ? signedData(maximum) : maximum.unsigned];
}

/** The physical range; that of the logical values where both are 0, missing (6.2.2.7) or the same, which is no range. */
export function physicalRangeOf(
  state: GlobalState,
  logical: readonly [minimum: number, maximum: number],
): readonly [minimum: number, maximum: number] {
  const { physicalMinimum, physicalMaximum } = state;
  const physical = rangeOf(physicalMinimum, physicalMaximum);
  return physical[0] === physical[1] ? logical : physical;
}

/** A nibble in two's complement (6.2.2.7); many devices write a whole byte instead. */
function unitExponent(item: ShortItem): number {
  if (item.unsigned > 0xf) return signedData(item);
  return item.unsigned < 8 ? item.unsigned : item.unsigned - 16;
}
