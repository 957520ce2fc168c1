/** The one folder that the board gives an app, for apps whose world has the part `app-folder`. */

/// <reference path="../../generated/index.d.ts" preserve="true" />

import { getDirectories } from "wasi:filesystem/preopens@0.2.0";
import type { Descriptor, ErrorCode } from "wasi:filesystem/types@0.2.0";
import { DriverError } from "../errors.ts";
import { fromU64, toU64 } from "../u64.ts";

/** The most bytes of one call: the host takes a copy of them. */
const LONGEST_WRITE = 1024 * 1024;

/** A folder of the host's machine. Paths are relative, with "/" between names. All methods throw DriverError. */
export interface AppFolder {
  /**
   * Makes a folder; one that is there already is fine.
   *
   * @throws DriverError `invalid-argument` where a file is there, or the path is none that the host allows
   */
  createFolder(path: string): void;
  /**
   * Makes a file.
   *
   * @throws DriverError `invalid-argument` where something is there already: nothing is ever overwritten
   */
  createFile(path: string): AppFile;
}

/** A file that is being written. */
export interface AppFile {
  /** Adds bytes at the end. @throws DriverError */
  write(data: Uint8Array): void;
  /** Gives it back. */
  close(): void;
}

/**
 * The folder that the board gives this app.
 *
 * @throws DriverError: `access-denied` where it gives none
 */
export function openFolder(): AppFolder {
  const [directory] = getDirectories();
  if (directory === undefined) {
    throw DriverError.accessDenied('The board gives this app no folder; add "folder" to its entry.');
  }
  const [descriptor] = directory;
  return {
    createFolder(path) {
      try {
        descriptor.createDirectoryAt(path);
      } catch (error) {
        if (codeOf(error) !== "exist" || typeAt(descriptor, path) !== "directory")
          throw folderFault(error, path);
      }
    },
    createFile(path) {
      const file = attempt(path, () =>
        descriptor.openAt({}, path, { create: true, exclusive: true }, { write: true }),
      );
      return new WrittenFile(file, path);
    },
  };
}

class WrittenFile implements AppFile {
  readonly #file: Descriptor;
  readonly #path: string;
  #length = 0;

  constructor(file: Descriptor, path: string) {
    this.#file = file;
    this.#path = path;
  }

  write(data: Uint8Array): void {
    for (let start = 0; start < data.length; ) {
      const part = data.subarray(start, start + LONGEST_WRITE);
      const written = attempt(this.#path, () => fromU64(this.#file.write(part, toU64(this.#length))));
      if (written < 1) throw DriverError.bus("other", `writing ${JSON.stringify(this.#path)}`);
      start += written;
      this.#length += written;
    }
  }

  close(): void {
    this.#file[Symbol.dispose]();
  }
}

function typeAt(descriptor: Descriptor, path: string): string | undefined {
  try {
    return descriptor.statAt({}, path).type;
  } catch {
    return undefined;
  }
}

function attempt<Result>(path: string, call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    throw folderFault(error, path);
  }
}

/** An error of wasi:filesystem as a DriverError; anything else as it is. */
function folderFault(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  const what = JSON.stringify(path);
  switch (code) {
    case "exist":
      return DriverError.invalidArgument(`${what} is there already; nothing is overwritten.`, {
        cause: error,
      });
    case "access":
    case "not-permitted":
    case "read-only":
      return DriverError.accessDenied(`${what} may not be written: ${code}.`, { cause: error });
    case "no-entry":
      return DriverError.notFound(`There is no folder for ${what}.`, { cause: error });
    case "insufficient-space":
    case "quota":
    case "file-too-large":
      return DriverError.invalidArgument(`There is no room for ${what}.`, { cause: error });
    default:
      return DriverError.invalidArgument(`${what} cannot be written: ${code}.`, { cause: error });
  }
}

function codeOf(error: unknown): ErrorCode | undefined {
  const payload = (error as { payload?: unknown } | null | undefined)?.payload;
  return typeof payload === "string" ? (payload as ErrorCode) : undefined;
}
