/** The state of local items (HID 1.11, 6.2.2.8), which ends with the next main item. */

import { type AlternateUsages, type IndexRange, type UsageRange, usageOf } from "./field.ts";
import { LocalTag, type ShortItem } from "./item.ts";

/** A usage as the descriptor gives it: one of four bytes brings its page. */
type UsageData = Pick<ShortItem, "unsigned" | "size">;

/** A range of usages on one page. */
interface RawRange {
  readonly first: number;
  readonly last: number;
  /** 0 to 0xFFFF. */
  page: number;
  /** Whether the descriptor gives the page with the usage. */
  readonly bringsPage: boolean;
}

/**
 * Where a range goes on to that ends before it starts, or on another page: Linux passes over the maximum and counts until
 * its list of a field's usages is full.
 */
const MOST_USAGES = 12288;
const LAST_ID = 0xffff;

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
  /** The page in force; each usage without one of its own is on the page where it was declared, as in Linux. */
  #usagePage = 0;
  #designators = new IndexRanges();
  #strings = new IndexRanges();
  readonly #onProblem: (offset: number, message: string) => void;

  /** @param onProblem told of each mistake that can be passed over */
  constructor(onProblem: (offset: number, message: string) => void) {
    this.#onProblem = onProblem;
  }

  /** @param usagePage the page in force */
  apply(item: ShortItem, usagePage: number): void {
    const { unsigned, offset } = item;
    this.#usagePage = usagePage;
    switch (item.tag) {
      case LocalTag.USAGE:
        this.#addUsages(item, item, offset);
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
   * @param usagePage the last one before the main item, which goes for the usages before it (6.2.2.8), unless some were
   *   declared after it
   */
  take(usagePage: number): LocalItems {
    if (this.#delimiter !== undefined) {
      this.#onProblem(this.#delimiter.offset, "set of alternate usages that is not closed");
      this.#closeSet(this.#delimiter.set);
    }
    this.#putOnLastPage(usagePage);
    const usages: UsageRange[] = [];
    let position = 0;
    for (const set of this.#usageSets) {
      const [preferred, ...alternates] = set.map(complete);
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

  /**
   * From the last usage back, as Linux does: a page that stands after all usages is theirs, but once a usage is on that
   * page by itself, those before it keep the page that they were declared on.
   */
  #putOnLastPage(usagePage: number): void {
    for (const range of this.#usageSets.flat().reverse()) {
      if (range.bringsPage) continue;
      if (range.page === usagePage) return;
      range.page = usagePage;
    }
  }

  #addUsages(first: UsageData, last: UsageData, offset: number): void {
    const page = [first, last].find(({ size }) => size === 4)?.unsigned;
    const range: RawRange = {
      first: first.unsigned % 0x1_0000,
      last: this.#lastId(first, last, offset),
      page: page === undefined ? this.#usagePage : Math.floor(page / 0x1_0000),
      bringsPage: page !== undefined,
    };
    if (this.#delimiter === undefined) this.#usageSets.push([range]);
    else this.#delimiter.set.push(range);
  }

  #endUsageRange(last: ShortItem): void {
    const { offset } = last;
    if (this.#usageMinimum === undefined) this.#onProblem(offset, "Usage Maximum without Usage Minimum");
    // Zero, as everywhere where an item is missing.
    const first = this.#usageMinimum ?? { unsigned: 0, size: 0 };
    this.#usageMinimum = undefined;
    this.#addUsages(first, last, offset);
  }

  #lastId(first: UsageData, last: UsageData, offset: number): number {
    const [start, end] = [first.unsigned % 0x1_0000, last.unsigned % 0x1_0000];
    const isOnOnePage = first.size !== 4 || last.size !== 4 || first.unsigned - start === last.unsigned - end;
    if (start <= end && isOnOnePage) return end;
    this.#onProblem(offset, "range of usages that ends before it starts, or on another page");
    return Math.min(LAST_ID, start + MOST_USAGES - 1);
  }

  #closeSet(set: RawRange[]): void {
    if (set.length > 0) this.#usageSets.push(set);
    this.#delimiter = undefined;
  }

  #delimit(value: number, offset: number): void {
    if (value === 1) {
      if (this.#delimiter !== undefined) {
        this.#onProblem(offset, "set of alternate usages that is opened inside another one");
      }
      this.#delimiter ??= { offset, set: [] };
    } else if (value === 0) {
      if (this.#delimiter === undefined) {
        this.#onProblem(offset, "set of alternate usages that is closed without being open");
      } else {
        this.#closeSet(this.#delimiter.set);
      }
    } else {
      this.#onProblem(offset, `Delimiter ${value}, which is neither open (1) nor close (0)`);
    }
  }
}

function complete({ first, last, page }: RawRange): AlternateUsages {
  return { first: usageOf(page, first), last: usageOf(page, last) };
}
