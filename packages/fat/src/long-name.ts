/** Long names: FAT "Long Directory Entries". The parts of a name come before the entry that they name, the last part first. */

import { Attribute } from "./entry.ts";
import { shortNameChecksum } from "./short-name.ts";

/** ATTR_LONG_NAME and ATTR_LONG_NAME_MASK. */
const LONG_NAME = Attribute.READ_ONLY | Attribute.HIDDEN | Attribute.SYSTEM | Attribute.VOLUME_ID;
const LONG_NAME_MASK = LONG_NAME | Attribute.DIRECTORY | Attribute.ARCHIVE;

/** LDIR_Ord: the part that is stored first has this bit set. */
const LAST_PART = 0x40;
/** 255 characters take 20 parts. */
const MOST_PARTS = 20;
const LONGEST_NAME = 255;
/** LDIR_Name1, LDIR_Name2, LDIR_Name3. */
const CHARACTER_OFFSETS = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];
const PADDING = 0xffff;

/** Whether an entry of 32 bytes is a part of a long name. */
export function isLongNamePart(entry: Uint8Array): boolean {
  return (entry[11]! & LONG_NAME_MASK) === LONG_NAME;
}

/**
 * Collects the parts of one long name. Parts that do not belong together, or to the entry that follows, are what a
 * system without long names has left behind; such orphans are ignored.
 */
export class LongNameParts {
  #checksum = 0;
  /** Which part must come next; 0 when all are there. */
  #expected = -1;
  #text = "";

  /** Forgets what was collected. */
  clear(): void {
    this.#expected = -1;
    this.#text = "";
  }

  /** Adds a part, in the order of the medium. */
  add(entry: Uint8Array): void {
    const ordinal = entry[0]!;
    const checksum = entry[13]!;
    const number = ordinal & ~LAST_PART;
    if ((ordinal & LAST_PART) !== 0) {
      this.clear();
      if (number < 1 || number > MOST_PARTS) return;
      this.#checksum = checksum;
    } else if (number < 1 || number !== this.#expected || checksum !== this.#checksum) {
      this.clear();
      return;
    }
    this.#expected = number - 1;
    this.#text = partOf(entry) + this.#text;
  }

  /**
   * The name for the short entry that follows the parts; undefined where they are not all there, or name another one.
   *
   * @param name DIR_Name
   */
  nameFor(name: Uint8Array): string | undefined {
    const complete = this.#expected === 0 && this.#checksum === shortNameChecksum(name);
    const text = this.#text;
    return complete && text.length > 0 && text.length <= LONGEST_NAME ? text : undefined;
  }
}

/** Up to 13 UTF-16 units: after a 0 there is only padding. */
function partOf(entry: Uint8Array): string {
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
  const units = CHARACTER_OFFSETS.map((offset) => view.getUint16(offset, true));
  const end = units.findIndex((unit) => unit === 0 || unit === PADDING);
  return String.fromCharCode(...(end < 0 ? units : units.slice(0, end)));
}
