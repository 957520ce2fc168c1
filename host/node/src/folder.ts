/** A folder of this machine for an app: nothing outside of it can be reached, whatever links there are in it. */

import * as fs from "node:fs";
import { join } from "node:path";
import type { FolderGrant } from "@busbar/host";
import {
  BackendError,
  type Folder,
  type FolderEntries,
  type FolderEntry,
  FolderError,
  type FolderErrorCode,
  type FolderFile,
  type FolderOpenOptions,
  type FolderStat,
  type FolderTime,
} from "@busbar/host/backend";

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = fs.constants;

/** Each part of a path is opened by itself, and is a folder, not a link to one. */
const FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

/** The error codes of the system that an app can do something about. */
const codes: Readonly<Record<string, FolderErrorCode>> = {
  EACCES: "access",
  EBADF: "bad-descriptor",
  EBUSY: "busy",
  EDQUOT: "quota",
  EEXIST: "exist",
  EFBIG: "file-too-large",
  EILSEQ: "illegal-byte-sequence",
  EINVAL: "invalid",
  EISDIR: "is-directory",
  ELOOP: "loop",
  // What O_NOFOLLOW answers on some systems.
  EMLINK: "loop",
  ENAMETOOLONG: "name-too-long",
  ENOENT: "no-entry",
  ENOSPC: "insufficient-space",
  ENOTDIR: "not-directory",
  ENOTEMPTY: "not-empty",
  // A pipe without a reader, opened with O_NONBLOCK.
  ENXIO: "invalid",
  EPERM: "not-permitted",
  EROFS: "read-only",
  EXDEV: "cross-device",
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

  list(names: readonly string[]): FolderEntries {
    if (names.length === 0) return new NodeEntries(this.#opened(), this.#path);
    return this.#inParent(names, (path) => {
      const descriptor = fs.openSync(path, FOLDER_FLAGS);
      try {
        return new NodeEntries(descriptor, join(this.#path, ...names));
      } finally {
        fs.closeSync(descriptor);
      }
    });
  }

  createDirectory(names: readonly string[]): void {
    this.#inParent(names, (path) => fs.mkdirSync(path));
  }

  openFile(names: readonly string[], { read, write, create, truncate }: FolderOpenOptions): FolderFile {
    const creation = { new: O_CREAT | O_EXCL, "if-missing": O_CREAT, never: 0 }[create];
    const access = write ? (read ? O_RDWR : O_WRONLY) : O_RDONLY;
    // Without O_NONBLOCK, opening a pipe waits for its other end.
    const flags = access | O_NOFOLLOW | O_NONBLOCK | creation;
    const descriptor = this.#inParent(names, (path) => fs.openSync(path, flags, 0o666));
    try {
      const stats = fs.fstatSync(descriptor);
      if (!stats.isFile()) throw new FolderError(stats.isDirectory() ? "is-directory" : "invalid");
      // Only now: what is no file must not be touched.
      if (truncate) fs.ftruncateSync(descriptor);
      return new NodeFile(descriptor);
    } catch (thrown) {
      fs.closeSync(descriptor);
      throw folderError(thrown);
    }
  }

  removeFile(names: readonly string[]): void {
    this.#inParent(names, (path) => {
      // Some systems take a folder away this way, and others say EPERM.
      if (fs.lstatSync(path).isDirectory()) throw new FolderError("is-directory");
      fs.unlinkSync(path);
    });
  }

  removeDirectory(names: readonly string[]): void {
    this.#inParent(names, (path) => fs.rmdirSync(path));
  }

  rename(from: readonly string[], to: readonly string[]): void {
    this.#inParent(from, (old) => this.#inParent(to, (path) => fs.renameSync(old, path)));
  }

  setTimes(names: readonly string[], accessed: FolderTime, modified: FolderTime): void {
    this.#inParent(names, (path) => {
      const stats = fs.lstatSync(path);
      if (stats.isSymbolicLink()) throw new FolderError("loop");
      fs.lutimesSync(path, secondsOf(accessed, stats.atimeMs), secondsOf(modified, stats.mtimeMs));
    });
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

  read(length: number, offset: number): Uint8Array {
    return attempt(() => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, fs.readSync(this.#opened(), bytes, 0, length, offset));
    });
  }

  setSize(size: number): void {
    attempt(() => fs.ftruncateSync(this.#opened(), size));
  }

  setTimes(accessed: FolderTime, modified: FolderTime): void {
    attempt(() => {
      const { atimeMs, mtimeMs } = fs.fstatSync(this.#opened());
      fs.futimesSync(this.#opened(), secondsOf(accessed, atimeMs), secondsOf(modified, mtimeMs));
    });
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

/** A folder that is listed: opened again by its descriptor, so that no link can have taken its place. */
class NodeEntries implements FolderEntries {
  #directory: fs.Dir | undefined;

  constructor(descriptor: number, path: string) {
    this.#directory = fs.opendirSync(within(descriptor, path, "."));
  }

  next(): FolderEntry | undefined {
    return attempt(() => {
      const entry = this.#directory?.readSync();
      return entry ? { type: typeOf(entry), name: entry.name } : undefined;
    });
  }

  close(): void {
    this.#directory?.closeSync();
    this.#directory = undefined;
  }
}

function typeOf(found: fs.Stats | fs.Dirent): FolderStat["type"] {
  if (found.isDirectory()) return "directory";
  if (found.isFile()) return "regular-file";
  return found.isSymbolicLink() ? "symbolic-link" : "unknown";
}

function statOf(stats: fs.Stats): FolderStat {
  return {
    type: typeOf(stats),
    size: stats.size,
    links: stats.nlink,
    accessedMs: stats.atimeMs,
    modifiedMs: stats.mtimeMs,
    changedMs: stats.ctimeMs,
    identity: `${stats.dev} ${stats.ino}`,
  };
}

/** What the functions of the system take. */
function secondsOf(time: FolderTime, before: number): number {
  return (time === "now" ? Date.now() : (time ?? before)) / 1000;
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
