/** What a platform implements so that an app can be given one folder of the machine. */

/** Why something in a folder failed: those of wasi:filesystem's `error-code` that a platform can find out. */
export type FolderErrorCode =
  | "access"
  | "bad-descriptor"
  | "busy"
  | "cross-device"
  | "exist"
  | "file-too-large"
  | "illegal-byte-sequence"
  | "insufficient-space"
  | "invalid"
  | "io"
  | "is-directory"
  | "loop"
  | "name-too-long"
  | "no-entry"
  | "not-directory"
  | "not-empty"
  | "not-permitted"
  | "quota"
  | "read-only";

/** A failure in a folder. `payload` is exactly the WIT value. */
export class FolderError extends Error {
  override readonly name = "FolderError";
  readonly payload: FolderErrorCode;

  constructor(code: FolderErrorCode, options?: ErrorOptions) {
    super(code, options);
    this.payload = code;
  }
}

/** What is known of a file or a folder. */
export interface FolderStat {
  readonly type: "directory" | "regular-file" | "symbolic-link" | "unknown";
  /** Bytes. */
  readonly size: number;
  /** How many names it has. */
  readonly links: number;
  /** When it was read last, in milliseconds since 1970; as the next two. */
  readonly accessedMs: number;
  /** When its contents changed last. */
  readonly modifiedMs: number;
  /** When anything of it changed last. */
  readonly changedMs: number;
  /** The same text for the same object, and no other's. */
  readonly identity: string;
}

/** A time that is set: milliseconds since 1970, or now; undefined leaves what there is. */
export type FolderTime = number | "now" | undefined;

/** How a file is opened. */
export interface FolderOpenOptions {
  readonly read: boolean;
  readonly write: boolean;
  /** "new" fails with `exist` where there is something. */
  readonly create: "new" | "if-missing" | "never";
  /** Whether what is there is thrown away. */
  readonly truncate: boolean;
}

/** One name in a folder. */
export interface FolderEntry {
  readonly type: FolderStat["type"];
  readonly name: string;
}

/** The names in a folder, one by one, in no order. All methods throw FolderError. */
export interface FolderEntries {
  /** Undefined at the end. */
  next(): FolderEntry | undefined;
  /** Closing twice is legal. */
  close(): void;
}

/** A file that is open. All methods throw FolderError. */
export interface FolderFile {
  /** Reads at most `length` bytes from `offset` on; empty at the end. */
  read(length: number, offset: number): Uint8Array;
  /** Writes from `offset` on. @returns how many bytes were written */
  write(data: Uint8Array, offset: number): number;
  /** Cuts it, or fills it up with zeros. */
  setSize(size: number): void;
  /** Says when it was read and written last. */
  setTimes(accessed: FolderTime, modified: FolderTime): void;
  /** Returns when everything written is on the medium. */
  sync(): void;
  /** What is known of it. */
  stat(): FolderStat;
  /** Closing twice is legal. */
  close(): void;
}

/**
 * A folder of the machine. Paths are lists of names that were checked: none is empty, ".", "..", or has a separator.
 * No symbolic link is followed, in no part of a path: `loop`. All methods throw FolderError.
 */
export interface Folder {
  /** An empty list is the folder itself. */
  stat(names: readonly string[]): FolderStat;
  /** Makes a folder. `exist` where there is something. */
  createDirectory(names: readonly string[]): void;
  /** Opens a regular file; a folder is `is-directory`, anything else `invalid`. */
  openFile(names: readonly string[], options: FolderOpenOptions): FolderFile;
  /** What is in a folder, without "." and "..". */
  list(names: readonly string[]): FolderEntries;
  /** Takes a file away. */
  removeFile(names: readonly string[]): void;
  /** Takes an empty folder away. */
  removeDirectory(names: readonly string[]): void;
  /** Gives something another name, and takes away what had that. */
  rename(from: readonly string[], to: readonly string[]): void;
  /** Says when something was read and written last. */
  setTimes(names: readonly string[], accessed: FolderTime, modified: FolderTime): void;
  /** Closing twice is legal. */
  close(): void;
}
