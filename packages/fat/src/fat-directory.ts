/** Directories of FAT12, FAT16 and FAT32: FAT "Directory Structure". */

import type { BlockSteps } from "@busbar/guest/blocks";
import type { Content } from "./content.ts";
import type { DirectoryReader } from "./directory.ts";
import { Attribute, attributesOf, type FileEntry, timesOf } from "./entry.ts";
import type { FatKind } from "./geometry.ts";
import { isLongNamePart, LongNameParts } from "./long-name.ts";
import { FREE, LAST, labelName, SHORT_NAME_BYTES, shortName } from "./short-name.ts";
import { Slots } from "./slots.ts";
import { parseFileTime } from "./time.ts";

/** A directory has at most 65,536 entries of 32 bytes. */
export const LARGEST_FAT_DIRECTORY = 65_536 * 32;

/** DIR_Name of a directory's own entry, and of its parent's. */
const OWN_NAMES: readonly string[] = [".          ", "..         "];

/** Reads one directory from its start to its end. */
export class FatDirectory implements DirectoryReader {
  readonly #slots: Slots;
  readonly #kind: FatKind;
  readonly #longName = new LongNameParts();
  #ended = false;
  #label: string | undefined;

  constructor(content: Content, kind: FatKind) {
    this.#slots = new Slots(content);
    this.#kind = kind;
  }

  get label(): string | undefined {
    return this.#label;
  }

  *next(): BlockSteps<FileEntry | undefined> {
    while (!this.#ended) {
      const slot = yield* this.#slots.next();
      // After the first entry that was never used there is none that is.
      if (slot === undefined || slot[0] === LAST) break;
      if (slot[0] === FREE) {
        this.#longName.clear();
      } else if (isLongNamePart(slot)) {
        this.#longName.add(slot);
      } else {
        const name = this.#longName.nameFor(slot);
        this.#longName.clear();
        if ((slot[11]! & Attribute.VOLUME_ID) !== 0) this.#label ??= labelName(slot);
        else if (!isOwnEntry(slot)) return fatEntry(slot, name, this.#kind);
      }
    }
    this.#ended = true;
    return undefined;
  }
}

/** "." and "..": of other names that begin with a point, which no name of 8 and 3 characters should, devices make files. */
function isOwnEntry(slot: Uint8Array): boolean {
  return OWN_NAMES.includes(String.fromCharCode(...slot.subarray(0, SHORT_NAME_BYTES)));
}

/** An entry of 32 bytes. */
function fatEntry(slot: Uint8Array, longName: string | undefined, kind: FatKind): FileEntry {
  const view = new DataView(slot.buffer, slot.byteOffset, slot.byteLength);
  const ascii = shortName(slot.subarray(0, SHORT_NAME_BYTES), view.getUint8(12)); // DIR_NTRes
  const attributes = attributesOf(view.getUint8(11)); // DIR_Attr
  // DIR_FstClusHI means something else in FAT12 and FAT16.
  const high = kind === "FAT32" ? view.getUint16(20, true) : 0;
  const firstCluster = high * 0x1_0000 + view.getUint16(26, true); // DIR_FstClusLO
  const size = attributes.kind === "directory" ? 0 : view.getUint32(28, true); // DIR_FileSize
  return {
    ...attributes,
    name: longName ?? ascii,
    shortName: shortName(slot),
    size,
    ...timesOf({
      // DIR_CrtDate, DIR_CrtTime, DIR_CrtTimeTenth; DIR_WrtDate, DIR_WrtTime; DIR_LstAccDate
      created: parseFileTime(view.getUint16(16, true), view.getUint16(14, true), view.getUint8(13)),
      modified: parseFileTime(view.getUint16(24, true), view.getUint16(22, true)),
      accessed: parseFileTime(view.getUint16(18, true), 0),
    }),
    location: { firstCluster, contiguous: false, validBytes: size },
  };
}
