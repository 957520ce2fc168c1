/** The state of local items (HID 1.11, 6.2.2.8), which ends with the next main item. */

import { HidError } from "./errors.ts";
import type { AlternateUsages, IndexRange, UsageRange } from "./field.ts";
import { LocalTag, type ShortItem } from "./item.ts";

/** A usage whose page may not be known yet. */
type UsageData = Pick<ShortItem, "unsigned" | "size">;

/** A range as the descriptor gives it. */
interface RawRange {
  readonly first: UsageData;
  readonly last: UsageData;
  readonly offset: number;
}

/** What the local items before a main item say. */
export interface LocalItems {
  readonly usages: readonly UsageRange[];
  readonly usageCount: number;
  readonly designators: readonly IndexRange[];
  readonly strings: readonly IndexRange[];
}

/** Minimum and maximum items in pairs, and single indexes. */
class IndexRanges {
  readonly ranges: IndexRange[] = [];
  #minimum: number | undefined;

  single(index: number): void {
    this.ranges.push({ first: index, last: index });
  }

  minimum(index: number): void {
    this.#minimum = index;
  }

  maximum(index: number): void {
    this.ranges.push({ first: Math.min(this.#minimum ?? 0, index), last: index });
    this.#minimum = undefined;
  }
}

/** Collects local items until a main item takes them. */
export class LocalState {
  /** Each entry is a set of alternates; without delimiters, of one. */
  #usageSets: RawRange[][] = [];
  #usageMinimum: UsageData | undefined;
  #delimiter: { readonly offset: number; readonly set: RawRange[] } | undefined;
  #designators = new IndexRanges();
  #strings = new IndexRanges();
  readonly #onProblem: (offset: number, message: string) => void;

  /** @param onProblem told of each mistake that can be passed over */
  constructor(onProblem: (offset: number, message: string) => void) {
    this.#onProblem = onProblem;
  }

  /** @throws HidError `delimiter` for a set that is opened or closed twice */
  apply(item: ShortItem): void {
    const { unsigned, offset } = item;
    switch (item.tag) {
      case LocalTag.USAGE:
        this.#addUsages({ first: item, last: item, offset });
        break;
      case LocalTag.USAGE_MINIMUM:
        this.#usageMinimum = item;
        break;
      case LocalTag.USAGE_MAXIMUM:
        this.#endUsageRange(item);
        break;
      case LocalTag.DESIGNATOR_INDEX:
        this.#designators.single(unsigned);
        break;
      case LocalTag.DESIGNATOR_MINIMUM:
        this.#designators.minimum(unsigned);
        break;
      case LocalTag.DESIGNATOR_MAXIMUM:
        this.#designators.maximum(unsigned);
        break;
      case LocalTag.STRING_INDEX:
        this.#strings.single(unsigned);
        break;
      case LocalTag.STRING_MINIMUM:
        this.#strings.minimum(unsigned);
        break;
      case LocalTag.STRING_MAXIMUM:
        this.#strings.maximum(unsigned);
        break;
      case LocalTag.DELIMITER:
        this.#delimit(unsigned, offset);
        break;
      default:
        this.#onProblem(offset, `local item with the reserved tag ${item.tag}`);
    }
  }

  /**
   * What was collected, for a main item; then starts anew.
   *
   * @param usagePage the page of usages that do not bring their own: the last one before the main item (6.2.2.8)
   * @throws HidError `delimiter` when a set is still open
   */
  take(usagePage: number): LocalItems {
    if (this.#delimiter !== undefined) {
      throw new HidError("delimiter", "A set of alternate usages is not closed", this.#delimiter.offset);
    }
    const usages: UsageRange[] = [];
    let position = 0;
    for (const set of this.#usageSets) {
      const ranges = set.flatMap((raw) => this.#withPage(raw, usagePage) ?? []);
      const [preferred, ...alternates] = ranges;
      if (preferred === undefined) continue;
      usages.push({ ...preferred, position, alternates });
      position += preferred.last - preferred.first + 1;
    }
    const designators = this.#designators.ranges;
    const strings = this.#strings.ranges;
    this.#usageSets = [];
    this.#usageMinimum = undefined;
    this.#designators = new IndexRanges();
    this.#strings = new IndexRanges();
    return { usages, usageCount: position, designators, strings };
  }

  #addUsages(range: RawRange): void {
    if (this.#delimiter === undefined) this.#usageSets.push([range]);
    else this.#delimiter.set.push(range);
  }

  #endUsageRange(last: ShortItem): void {
    const { offset } = last;
    if (this.#usageMinimum === undefined) this.#onProblem(offset, "Usage Maximum without Usage Minimum");
    // Zero, as everywhere where an item is missing.
    const first = this.#usageMinimum ?? { unsigned: 0, size: 0 };
    this.#usageMinimum = undefined;
    this.#addUsages({ first, last, offset });
  }

  #delimit(value: number, offset: number): void {
    if (value === 1) {
      if (this.#delimiter !== undefined) {
        throw new HidError("delimiter", "A set of alternate usages is opened inside another one", offset);
      }
      this.#delimiter = { offset, set: [] };
    } else if (value === 0) {
      if (this.#delimiter === undefined) {
        throw new HidError("delimiter", "A set of alternate usages is closed that was not opened", offset);
      }
      this.#usageSets.push(this.#delimiter.set);
      this.#delimiter = undefined;
    } else {
      this.#onProblem(offset, `Delimiter ${value}, which is neither open (1) nor close (0)`);
    }
  }

  /** Usages of four bytes bring their page, shorter ones get it here (6.2.2.8). */
  #withPage({ first, last, offset }: RawRange, usagePage: number): AlternateUsages | undefined {
    const page = [first, last].find(({ size }) => size === 4)?.unsigned;
    const base = page === undefined ? usagePage * 0x1_0000 : page - (page % 0x1_0000);
    const complete = ({ unsigned, size }: UsageData) => (size === 4 ? unsigned : base + unsigned);
    const range = { first: complete(first), last: complete(last) };
    if (range.first <= range.last && range.last - base <= 0xffff) return range;
    this.#onProblem(offset, "range of usages that ends before it starts, or on another page");
    return undefined;
  }
}
