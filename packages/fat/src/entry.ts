import type { DataLocation } from "./content.ts";
import type { FileTime } from "./time.ts";

/** DIR_Attr and FileAttributes: FAT "Directory Structure", exFAT section 7.4.4. */
export const Attribute = {
  READ_ONLY: 0x01,
  HIDDEN: 0x02,
  SYSTEM: 0x04,
  VOLUME_ID: 0x08,
  DIRECTORY: 0x10,
  ARCHIVE: 0x20,
} as const;

/** A file or a directory. */
export interface FileEntry {
  readonly kind: "file" | "directory";
  /** As the medium has it: it can hold any character, and is not safe to print, nor as a path. Empty for the root. */
  readonly name: string;
  /** FAT only: the name of 8 and 3 characters, "PROGRA~1". */
  readonly shortName?: string;
  /** Bytes of a file; 0 for a directory. */
  readonly size: number;
  readonly readOnly: boolean;
  readonly hidden: boolean;
  readonly system: boolean;
  /** Set when something was changed since the last backup. */
  readonly archive: boolean;
  readonly created?: FileTime;
  readonly modified?: FileTime;
  /** FAT knows only the day. */
  readonly accessed?: FileTime;
  /** Where its bytes are. Two entries with the same first cluster, other than 0, are damage. */
  readonly location: DataLocation;
}

/** What the bits of an attribute byte say. */
export function attributesOf(
  bits: number,
): Pick<FileEntry, "kind" | "readOnly" | "hidden" | "system" | "archive"> {
  return {
    kind: (bits & Attribute.DIRECTORY) === 0 ? "file" : "directory",
    readOnly: (bits & Attribute.READ_ONLY) !== 0,
    hidden: (bits & Attribute.HIDDEN) !== 0,
    system: (bits & Attribute.SYSTEM) !== 0,
    archive: (bits & Attribute.ARCHIVE) !== 0,
  };
}

/** The times of an entry that has them. */
export function timesOf(times: {
  readonly created: FileTime | undefined;
  readonly modified: FileTime | undefined;
  readonly accessed: FileTime | undefined;
}): Pick<FileEntry, "created" | "modified" | "accessed"> {
  const { created, modified, accessed } = times;
  return { ...(created && { created }), ...(modified && { modified }), ...(accessed && { accessed }) };
}
