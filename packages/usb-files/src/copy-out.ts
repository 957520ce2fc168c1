/** Copies a file or a folder with all that is in it off a medium, which is not to be trusted. */

import { type FileEntry, type FileSystem, printable } from "@busbar/fat";
import { DriverError } from "@busbar/guest";
import type { AppFolder } from "@busbar/guest/app/folder";
import { safeName, uniqueName } from "./safe-name.ts";

/** Folders in folders; no system writes more, and a host takes no more names in a path. */
const MOST_DEPTH = 48;

/** What was copied. */
export interface Copied {
  readonly files: number;
  readonly bytes: number;
}

/** One copy: what it has come by, so that no medium can make it go on without end. */
export class CopyOut {
  readonly #fileSystem: FileSystem;
  readonly #folder: AppFolder;
  readonly #tell: (line: string) => void;
  /** First clusters of the folders that were copied: one that comes again is a loop, or two folders in one. */
  readonly #folders = new Set<number>();
  /** No more bytes than the volume has, whatever it says that it has: files that share clusters could be any number of times as much. */
  #bytesLeft: number;
  #files = 0;
  #bytes = 0;
  /** What could not be copied whole, though the rest could. */
  readonly #broken: DriverError[] = [];

  /** @param tell is given each name that was made, safe to print */
  constructor(fileSystem: FileSystem, folder: AppFolder, tell: (line: string) => void) {
    this.#fileSystem = fileSystem;
    this.#folder = folder;
    this.#tell = tell;
    const { clusterBytes, clusterCount, mediumBytes } = fileSystem;
    this.#bytesLeft = Math.min(clusterBytes * clusterCount, mediumBytes);
  }

  /**
   * Copies one entry, by its own name; of the root directory, all that is in it. What is damaged keeps nothing else from being
   * copied.
   *
   * @throws DriverError: `invalid-argument` where something is there already; `protocol`, at the end, where something is not
   *   whole
   */
  copy(entry: FileEntry): Copied {
    if (entry.kind === "file") this.#file(entry, safeName(entry.name));
    else if (entry.name === "") this.#contents(entry, "", 0);
    else this.#directory(entry, safeName(entry.name), 0);
    const [first, ...others] = this.#broken;
    if (first !== undefined && others.length === 0) throw first;
    if (first !== undefined) {
      throw DriverError.protocol(
        `${this.#broken.length} files or folders could not be copied whole, the first because: ${first.message}`,
      );
    }
    return { files: this.#files, bytes: this.#bytes };
  }

  #directory(entry: FileEntry, path: string, depth: number): void {
    const { firstCluster } = entry.location;
    if (depth > MOST_DEPTH || (firstCluster !== 0 && this.#folders.has(firstCluster))) {
      this.#broken.push(
        DriverError.protocol(
          `The folder "${printable(entry.name)}" is in itself; the file system is damaged.`,
        ),
      );
      return;
    }
    this.#folders.add(firstCluster);
    this.#folder.createFolder(path);
    this.#tell(`${path}/`);
    this.#contents(entry, `${path}/`, depth + 1);
  }

  #contents(directory: FileEntry, prefix: string, depth: number): void {
    const taken = new Set<string>();
    try {
      for (const entry of this.#fileSystem.list(directory)) {
        const path = prefix + uniqueName(entry.name, taken);
        if (entry.kind === "file") this.#file(entry, path);
        else this.#directory(entry, path, depth);
      }
    } catch (error) {
      this.#goOn(error);
    }
  }

  #file(entry: FileEntry, path: string): void {
    const file = this.#folder.createFile(path);
    let written = 0;
    try {
      for (const piece of this.#fileSystem.read(entry)) {
        this.#bytesLeft -= piece.length;
        if (this.#bytesLeft < 0)
          throw DriverError.protocol("Files share clusters; the file system is damaged.");
        file.write(piece);
        written += piece.length;
      }
    } catch (error) {
      if (error instanceof DriverError)
        this.#tell(`${path} breaks off after ${written} of ${entry.size} bytes`);
      this.#goOn(error);
      return;
    } finally {
      file.close();
    }
    this.#files += 1;
    this.#bytes += written;
    this.#tell(path);
  }

  /** Damage in one place is no reason to leave out others; a disk that is gone, or more bytes than it has, is. */
  #goOn(error: unknown): void {
    const isDamage = error instanceof DriverError && error.payload.tag === "protocol";
    if (!isDamage || this.#bytesLeft < 0) throw error;
    this.#broken.push(error);
  }
}
