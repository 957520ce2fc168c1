/** An opened file system, written once for disks that answer at once and later: every function yields what to read. */

import { DriverError } from "@busbar/guest";
import type { BlockSteps, DiskSize } from "@busbar/guest/blocks";
import { BOOT_SECTOR_BYTES, parseBpb } from "./bpb.ts";
import { ChainContent, type Content, RangeContent, type Store } from "./content.ts";
import { defaultUpCaseTable } from "./default-up-case.ts";
import type { DirectoryReader } from "./directory.ts";
import type { FileEntry } from "./entry.ts";
import { Damage, damaged, noSuchFile } from "./errors.ts";
import { BOOT_REGION_SECTORS, checkBootRegion, isExfat, parseExfatBootSector } from "./exfat-boot.ts";
import { ExfatDirectory, LARGEST_EXFAT_DIRECTORY } from "./exfat-directory.ts";
import { FatDirectory, LARGEST_FAT_DIRECTORY } from "./fat-directory.ts";
import { FatTable } from "./fat-table.ts";
import type { Geometry } from "./geometry.ts";
import { type BlockRange, Medium } from "./medium.ts";
import { printable } from "./printable.ts";
import { LONGEST_UP_CASE_TABLE, parseUpCaseTable, type UpCaseLocation } from "./up-case.ts";
import type { Warnings } from "./warnings.ts";

/** Writes a name as all names that are the same but for their case are written. */
type Fold = (name: string) => string;

/** The root directory, which has no entry. */
const ROOT: FileEntry = {
  kind: "directory",
  name: "",
  size: 0,
  readOnly: false,
  hidden: false,
  system: false,
  archive: false,
  location: { firstCluster: 0, contiguous: false, validBytes: 0 },
};

/** A file system. */
export class Volume {
  readonly geometry: Geometry;
  readonly warnings: Warnings;
  readonly #store: Store;
  #fold: Fold | undefined;

  private constructor(medium: Medium, geometry: Geometry, warnings: Warnings) {
    this.geometry = geometry;
    this.warnings = warnings;
    this.#store = { medium, geometry, table: new FatTable(medium, geometry) };
  }

  /** Reads and checks the boot sector. @throws DriverError as `openFileSystem` */
  static *open(disk: DiskSize, partition: BlockRange | undefined, warnings: Warnings): BlockSteps<Volume> {
    const medium = new Medium(disk, partition);
    const sector = yield* medium.read(0, BOOT_SECTOR_BYTES);
    if (!isExfat(sector)) return new Volume(medium, parseBpb(sector, medium.bytes, warnings), warnings);
    const geometry = parseExfatBootSector(sector, medium.bytes, warnings);
    const { bytesPerSector } = geometry;
    checkBootRegion(yield* medium.read(0, BOOT_REGION_SECTORS * bytesPerSector), bytesPerSector);
    return new Volume(medium, geometry, warnings);
  }

  /** Bytes that are there. */
  get mediumBytes(): number {
    return this.#store.medium.bytes;
  }

  /** The label; empty where there is none. */
  *label(): BlockSteps<string> {
    const root = this.directory(ROOT);
    while (root.label === undefined && (yield* root.next()) !== undefined);
    return root.label ?? "";
  }

  /**
   * The entry of a path: names with "/" between them, in any case.
   *
   * @throws DriverError `not-found`; `protocol`
   */
  *find(path: string): BlockSteps<FileEntry> {
    let entry = ROOT;
    for (const name of path.split("/").filter((each) => each !== "" && each !== ".")) {
      if (entry.kind !== "directory") throw noSuchFile(path);
      const found = yield* this.#lookUp(entry, name);
      if (found === undefined) throw noSuchFile(path);
      entry = found;
    }
    return entry;
  }

  /** Begins to read a directory. @throws DriverError `invalid-argument` for a file; `protocol` */
  directory(entry: FileEntry): DirectoryReader {
    if (entry.kind !== "directory") {
      throw DriverError.invalidArgument(`"${printable(entry.name)}" is a file, not a folder.`);
    }
    const { kind } = this.geometry;
    const content = this.#directoryContent(entry);
    return kind === "exFAT" ? new ExfatDirectory(content, this.warnings) : new FatDirectory(content, kind);
  }

  /**
   * Begins to read a file at `offset`.
   *
   * @throws DriverError `invalid-argument` for a directory, or an offset that is none; `protocol`
   */
  *file(entry: FileEntry, offset: number): BlockSteps<Content> {
    if (entry.kind !== "file") {
      throw DriverError.invalidArgument(`"${printable(entry.name)}" is a folder, not a file.`);
    }
    if (!Number.isSafeInteger(offset) || offset < 0) {
      throw DriverError.invalidArgument(`The offset is ${offset}, but must be a whole number from 0 on.`);
    }
    if (offset >= entry.size) return nothing;
    const content = ChainContent.sized(this.#store, entry.location, entry.size);
    yield* content.skip(offset);
    return content;
  }

  #directoryContent(entry: FileEntry): Content {
    const { root, kind } = this.geometry;
    const limit = kind === "exFAT" ? LARGEST_EXFAT_DIRECTORY : LARGEST_FAT_DIRECTORY;
    if (entry === ROOT) {
      return "offset" in root
        ? new RangeContent(this.#store.medium, root)
        : ChainContent.unsized(this.#store, root.firstCluster, limit);
    }
    const { location } = entry;
    if (kind !== "exFAT") {
      if (location.firstCluster !== 0) return ChainContent.unsized(this.#store, location.firstCluster, limit);
      // As Linux has it (fat_calc_dir_size).
      this.warnings.add(`The folder "${printable(entry.name)}" has no cluster: it is taken for empty.`);
      return nothing;
    }
    // Of exFAT's directories the size is known, and all of it is valid: section 7.6.5.
    const bytes = location.validBytes;
    if (bytes > limit) throw damaged("a folder has an impossible size");
    return bytes === 0 ? nothing : ChainContent.sized(this.#store, location, bytes);
  }

  *#lookUp(directory: FileEntry, name: string): BlockSteps<FileEntry | undefined> {
    this.#fold ??= yield* this.#readFold();
    const fold = this.#fold;
    const wanted = fold(name);
    const reader = this.directory(directory);
    for (let entry = yield* reader.next(); entry !== undefined; entry = yield* reader.next()) {
      if (fold(entry.name) === wanted) return entry;
      if (entry.shortName !== undefined && fold(entry.shortName) === wanted) return entry;
    }
    return undefined;
  }

  /** FAT says nothing about characters beyond its code page: Unicode's upper case, where that is one character. */
  *#readFold(): BlockSteps<Fold> {
    if (this.geometry.kind !== "exFAT") return foldUnicode;
    const upper = yield* this.#readUpCase();
    return (name) =>
      String.fromCharCode(
        ...Array.from({ length: name.length }, (_, index) => upper[name.charCodeAt(index)]!),
      );
  }

  /** exFAT's own table; where it has none that can be used, the one that all formatters write, as Linux does. */
  *#readUpCase(): BlockSteps<Uint16Array> {
    try {
      const root = new ExfatDirectory(this.#directoryContent(ROOT), this.warnings);
      while (root.upCase === undefined && (yield* root.next()) !== undefined);
      if (root.upCase === undefined) throw damaged("it has no up-case table");
      return yield* this.#loadUpCase(root.upCase);
    } catch (error) {
      // What the disk itself throws goes through.
      if (!(error instanceof Damage)) throw error;
      this.warnings.add(`${error.message} Names are compared as the standard has it.`);
      return defaultUpCaseTable();
    }
  }

  *#loadUpCase({ firstCluster, bytes, checksum }: UpCaseLocation): BlockSteps<Uint16Array> {
    if (bytes < 2 || bytes > LONGEST_UP_CASE_TABLE) throw damaged("its up-case table has an impossible size");
    const location = { firstCluster, contiguous: false, validBytes: bytes };
    const content = ChainContent.sized(this.#store, location, bytes);
    const table = new Uint8Array(bytes);
    let length = 0;
    for (let part = yield* content.chunk(bytes); part !== undefined; part = yield* content.chunk(bytes)) {
      table.set(part, length);
      length += part.length;
    }
    return parseUpCaseTable(table, checksum);
  }
}

const nothing: Content = {
  // biome-ignore lint/correctness/useYield: there is nothing to read
  *chunk() {
    return undefined;
  },
};

function foldUnicode(name: string): string {
  let folded = "";
  for (const character of name) {
    const upper = character.toUpperCase();
    folded += upper.length === character.length ? upper : character;
  }
  return folded;
}
