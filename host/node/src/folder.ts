/** A folder of this machine for an app: nothing outside of it can be reached, whatever links there are in it. */

import * as fs from "node:fs";
import { join } from "node:path";
import {
  BackendError,
  type Folder,
  FolderError,
  type FolderErrorCode,
  type FolderFile,
  type FolderGrant,
  type FolderOpenOptions,
  type FolderStat,
} from "@busbar/host";

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = fs.constants;

/** Each part of a path is opened by itself, and is a folder, not a link to one. */
const FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

/** The error codes of the system that an app can do something about. */
const codes: Readonly<Record<string, FolderErrorCode>> = {
  EACCES: "access",
  EBUSY: "busy",
  EDQUOT: "quota",
  EEXIST: "exist",
  EFBIG: "file-too-large",
  EILSEQ: "illegal-byte-sequence",
  EISDIR: "is-directory",
  ELOOP: "loop",
  // What O_NOFOLLOW answers on some systems.
  EMLINK: "loop",
  ENAMETOOLONG: "name-too-long",
  ENOENT: "no-entry",
  ENOSPC: "insufficient-space",
  ENOTDIR: "not-directory",
  // A pipe without a reader, opened with O_NONBLOCK.
  ENXIO: "invalid",
  EPERM: "not-permitted",
  EROFS: "read-only",
};

/**
 * Opens the folder of a grant; makes it where it is missing and the grant is for writing.
 *
 * @param path absolute
 * @throws BackendError where it cannot be opened
 */
export function openFolder(path: string, grant: Pick<FolderGrant, "write">): Folder {
  try {
    if (grant.write && !fs.existsSync(path)) fs.mkdirSync(path);
    // Links that the operator has in the path are the operator's; inside of it none is followed.
    const real = fs.realpathSync(path);
    return new NodeFolder(fs.openSync(real, FOLDER_FLAGS), real);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const advice = code === "ENOENT" ? "make it, or name another" : "name another folder";
    throw new BackendError(`the folder ${path} cannot be opened (${code}); ${advice}.`, { cause });
  }
}

class NodeFolder implements Folder {
  #descriptor: number | undefined;
  readonly #path: string;

  constructor(descriptor: number, path: string) {
    this.#descriptor = descriptor;
    this.#path = path;
  }

  stat(names: readonly string[]): FolderStat {
    const last = names.at(-1);
    if (last === undefined) return attempt(() => statOf(fs.fstatSync(this.#opened())));
    return this.#inParent(names, (path) => statOf(fs.lstatSync(path)));
  }

  createDirectory(names: readonly string[]): void {
    this.#inParent(names, (path) => fs.mkdirSync(path));
  }

  openFile(names: readonly string[], { create, truncate }: FolderOpenOptions): FolderFile {
    const creation = { new: O_CREAT | O_EXCL, "if-missing": O_CREAT, never: 0 }[create];
    // Without O_NONBLOCK, opening a pipe waits for its reader.
    const flags = O_WRONLY | O_NOFOLLOW | O_NONBLOCK | creation;
    const descriptor = this.#inParent(names, (path) => fs.openSync(path, flags, 0o666));
    try {
      if (!fs.fstatSync(descriptor).isFile()) throw new FolderError("invalid");
      // Only now: what is no file must not be touched.
      if (truncate) fs.ftruncateSync(descriptor);
      return new NodeFile(descriptor);
    } catch (thrown) {
      fs.closeSync(descriptor);
      throw folderError(thrown);
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) fs.closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /** Opens the folders on the way one by one, and gives `use` a path to the last name that goes through no link. */
  #inParent<Result>(names: readonly string[], use: (path: string) => Result): Result {
    const last = names.at(-1);
    if (last === undefined) throw new FolderError("invalid");
    const opened: number[] = [];
    try {
      let parent = this.#opened();
      let parentPath = this.#path;
      for (const name of names.slice(0, -1)) {
        parent = fs.openSync(within(parent, parentPath, name), FOLDER_FLAGS);
        parentPath = join(parentPath, name);
        opened.push(parent);
      }
      return use(within(parent, parentPath, last));
    } catch (thrown) {
      throw folderError(thrown);
    } finally {
      for (const descriptor of opened) fs.closeSync(descriptor);
    }
  }

  #opened(): number {
    if (this.#descriptor === undefined) throw new FolderError("io");
    return this.#descriptor;
  }
}

/**
 * A name in an open folder. Linux can look it up in the very folder that was opened, so that nobody can put a link in its
 * place meanwhile (what openat does, which Node does not have). Elsewhere the path has to do; that each part of it is no
 * link was seen when it was opened.
 */
function within(folder: number, path: string, name: string): string {
  return process.platform === "linux" ? `/proc/self/fd/${folder}/${name}` : join(path, name);
}

class NodeFile implements FolderFile {
  #descriptor: number | undefined;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  write(data: Uint8Array, offset: number): number {
    return attempt(() => fs.writeSync(this.#opened(), data, 0, data.length, offset));
  }

  sync(): void {
    attempt(() => fs.fsyncSync(this.#opened()));
  }

  stat(): FolderStat {
    return attempt(() => statOf(fs.fstatSync(this.#opened())));
  }

  close(): void {
    if (this.#descriptor !== undefined) fs.closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #opened(): number {
    if (this.#descriptor === undefined) throw new FolderError("io");
    return this.#descriptor;
  }
}

function statOf(stats: fs.Stats): FolderStat {
  const type = stats.isDirectory()
    ? "directory"
    : stats.isFile()
      ? "regular-file"
      : stats.isSymbolicLink()
        ? "symbolic-link"
        : "unknown";
  return { type, size: stats.size, modifiedMs: stats.mtimeMs };
}

function attempt<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (thrown) {
    throw folderError(thrown);
  }
}

function folderError(thrown: unknown): FolderError {
  if (thrown instanceof FolderError) return thrown;
  const { code = "" } = thrown as NodeJS.ErrnoException;
  return new FolderError(codes[code] ?? "io", { cause: thrown });
}
