/** Directories of exFAT: sets of entries, exFAT sections 6 and 7. */

import { DriverError } from "@busbar/guest";
import type { BlockSteps } from "@busbar/guest/blocks";
import { ENTRY_BYTES } from "./bpb.ts";
import type { Content } from "./content.ts";
import type { DirectoryReader } from "./directory.ts";
import { attributesOf, type FileEntry, timesOf } from "./entry.ts";
import { damaged } from "./errors.ts";
import { printable } from "./printable.ts";
import { Slots } from "./slots.ts";
import { parseExfatTime } from "./time.ts";
import type { UpCaseLocation } from "./up-case.ts";
import { Warnings } from "./warnings.ts";

/** Section 7.6.7. */
export const LARGEST_EXFAT_DIRECTORY = 256 * 2 ** 20;

/** EntryType: section 6.2.1. */
const EntryType = {
  END: 0x00,
  BITMAP: 0x81,
  UP_CASE: 0x82,
  LABEL: 0x83,
  FILE: 0x85,
  STREAM: 0xc0,
  NAME: 0xc1,
} as const;

/** Bits of EntryType: in use; a secondary entry; one that can be passed over by who does not know it. */
const IN_USE = 0x80;
const SECONDARY = 0x40;
const BENIGN = 0x20;

const CHARACTERS_OF_NAME_ENTRY = 15;
const LONGEST_LABEL = 11;

/** GeneralSecondaryFlags of a stream extension: section 7.6.2. */
const NO_FAT_CHAIN = 0x02;

/** Reads one directory from its start to its end. */
export class ExfatDirectory implements DirectoryReader {
  readonly #slots: Slots;
  readonly #warnings: Warnings;
  /** A slot that was read and belongs to the next set. */
  #next: Uint8Array | undefined;
  #ended = false;
  #label: string | undefined;
  #upCase: UpCaseLocation | undefined;

  constructor(content: Content, warnings = new Warnings()) {
    this.#slots = new Slots(content);
    this.#warnings = warnings;
  }

  get label(): string | undefined {
    return this.#label;
  }

  /** Where the up-case table is, where its entry has come by: it is in the root directory. */
  get upCase(): UpCaseLocation | undefined {
    return this.#upCase;
  }

  *next(): BlockSteps<FileEntry | undefined> {
    while (!this.#ended) {
      const slot = this.#next ?? (yield* this.#slots.next());
      this.#next = undefined;
      if (slot === undefined) break;
      const type = slot[0]!;
      if (type === EntryType.END) break;
      // Entries that are not in use, and what follows an entry that was passed over.
      if ((type & IN_USE) === 0 || (type & SECONDARY) !== 0) continue;
      if (type === EntryType.FILE) {
        const file = yield* this.#file(slot);
        if (file !== undefined) return file;
      } else if (type === EntryType.LABEL) this.#label ??= labelOf(slot);
      else if (type === EntryType.UP_CASE) this.#upCase ??= upCaseOf(slot);
      else if (type !== EntryType.BITMAP && (type & BENIGN) === 0) {
        // Section 8.2 would not have the whole directory opened; Linux passes over the entry, and so do we.
        this.#warnings.add(`An entry of the unknown type 0x${type.toString(16)} is left out of its folder.`);
      }
    }
    this.#ended = true;
    return undefined;
  }

  /**
   * A file's set: the file entry, its stream extension, its name, and what others have added.
   *
   * @returns undefined for one that is not whole, or contradicts itself: it is left out, and the folder goes on
   */
  *#file(slot: Uint8Array): BlockSteps<FileEntry | undefined> {
    const secondaries = slot[1]!; // SecondaryCount
    const set = new Uint8Array((1 + secondaries) * ENTRY_BYTES);
    set.set(slot);
    for (let index = 1; index <= secondaries; index += 1) {
      const secondary = yield* this.#slots.next();
      const type = secondary?.[0] ?? 0;
      if (secondary === undefined || (type & IN_USE) === 0 || (type & SECONDARY) === 0) {
        this.#next = secondary;
        this.#warnings.add("A file is left out of its folder: its set of entries breaks off.");
        return undefined;
      }
      set.set(secondary, index * ENTRY_BYTES);
    }
    try {
      return parseFileSet(set, this.#warnings);
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      this.#warnings.add(`A file is left out of its folder. ${error.message}`);
      return undefined;
    }
  }
}

/**
 * A whole set of entries: section 7.4 for the file, 7.6 for the stream extension, 7.7 for the name. Of a set with a wrong
 * checksum, what can be read is read, as Linux does.
 *
 * @param set 32 bytes for each entry
 * @throws DriverError `protocol` where there is no file to be made of it
 */
export function parseFileSet(set: Uint8Array, warnings = new Warnings()): FileEntry {
  const view = new DataView(set.buffer, set.byteOffset, set.byteLength);
  const stream = ENTRY_BYTES;
  if (set.length < 3 * ENTRY_BYTES || set[stream] !== EntryType.STREAM) {
    throw damaged("a file has no stream extension");
  }
  const attributes = attributesOf(view.getUint16(4, true)); // FileAttributes
  const validBytes = getUint64(view, stream + 8); // ValidDataLength
  const firstCluster = view.getUint32(stream + 20, true); // FirstCluster
  const size = getUint64(view, stream + 24); // DataLength
  if (!Number.isSafeInteger(size)) throw damaged("a file has an impossible size");
  const name = nameOf(view, set[stream + 3]!); // NameLength
  if (view.getUint16(2, true) !== setChecksum(set)) {
    warnings.add(`The checksum of the entries of "${printable(name)}" is wrong.`);
  }
  if (validBytes > size) warnings.add(`"${printable(name)}" has more valid bytes than bytes.`);
  return {
    ...attributes,
    name,
    size: attributes.kind === "directory" ? 0 : size,
    ...timesOf({
      // CreateTimestamp, Create10msIncrement, CreateUtcOffset; likewise LastModified; LastAccessed has no increment.
      created: parseExfatTime(view.getUint32(8, true), set[20]!, set[22]!),
      modified: parseExfatTime(view.getUint32(12, true), set[21]!, set[23]!),
      accessed: parseExfatTime(view.getUint32(16, true), 0, set[24]!),
    }),
    location: {
      firstCluster,
      contiguous: (set[stream + 1]! & NO_FAT_CHAIN) !== 0,
      validBytes: Math.min(validBytes, size),
    },
  };
}

/** SetChecksum: section 6.3.3, over all bytes but its own. */
export function setChecksum(set: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < set.length; index += 1) {
    if (index === 2 || index === 3) continue;
    sum = (((sum << 15) | (sum >>> 1)) + set[index]!) & 0xffff;
  }
  return sum;
}

/** The name entries follow the stream extension directly: section 7.7. */
function nameOf(view: DataView, length: number): string {
  const entries = Math.ceil(length / CHARACTERS_OF_NAME_ENTRY);
  if (length < 1 || (2 + entries) * ENTRY_BYTES > view.byteLength)
    throw damaged("a file's name is not all there");
  let name = "";
  for (let index = 0; index < length; index += 1) {
    const entry = (2 + Math.floor(index / CHARACTERS_OF_NAME_ENTRY)) * ENTRY_BYTES;
    if (view.getUint8(entry) !== EntryType.NAME) throw damaged("a file's name is not all there");
    name += String.fromCharCode(view.getUint16(entry + 2 + (index % CHARACTERS_OF_NAME_ENTRY) * 2, true));
  }
  return name;
}

/** Section 7.3. */
function labelOf(slot: Uint8Array): string {
  const view = new DataView(slot.buffer, slot.byteOffset, slot.byteLength);
  const length = Math.min(slot[1]!, LONGEST_LABEL); // CharacterCount
  return String.fromCharCode(...Array.from({ length }, (_, index) => view.getUint16(2 + index * 2, true)));
}

/** Section 7.2. */
function upCaseOf(slot: Uint8Array): UpCaseLocation {
  const view = new DataView(slot.buffer, slot.byteOffset, slot.byteLength);
  return {
    checksum: view.getUint32(4, true), // TableChecksum
    firstCluster: view.getUint32(20, true), // FirstCluster
    bytes: getUint64(view, 24), // DataLength
  };
}

/** May be more than 2^53: then it is no longer exact, and no size either. */
function getUint64(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 2 ** 32;
}
