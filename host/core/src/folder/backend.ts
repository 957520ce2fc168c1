/** What a platform implements so that an app can be given one folder of the machine. */

/** Why something in a folder failed: those of wasi:filesystem's `error-code` that a platform can find out. */
export type FolderErrorCode =
  | "access"
  | "busy"
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
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** How a file is opened for writing. */
export interface FolderOpenOptions {
  /** "new" fails with `exist` where there is something. */
  readonly create: "new" | "if-missing" | "never";
  /** Whether what is there is thrown away. */
  readonly truncate: boolean;
}

/** A file that is open for writing. All methods throw FolderError. */
export interface FolderFile {
  /** Writes from `offset` on. @returns how many bytes were written */
  write(data: Uint8Array, offset: number): number;
  /** Returns when everything written is on the medium. */
  sync(): void;
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
  /** Opens a regular file for writing; anything else is `invalid`. */
  openFile(names: readonly string[], options: FolderOpenOptions): FolderFile;
  /** Closing twice is legal. */
  close(): void;
}
