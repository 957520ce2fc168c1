import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve, sep } from "node:path";
import { type Board, HostError } from "@busbar/host";

/** Something that decides what runs here, or with which rights: no app may be given a folder in which it could change it. */
interface Kept {
  /** For people: "the board file". */
  readonly what: string;
  readonly path: string;
  /** Whether everything below it counts as well, so that a folder in it is refused too. */
  readonly isWhole: boolean;
}

/** The folder of an app. */
interface AppFolder {
  readonly app: string;
  readonly path: string;
  readonly write: boolean;
}

/** The lock file of `@busbar/registry`, beside the board file. */
const LOCK_FILE = "busbar.lock.json";

/**
 * Refuses folders of apps that hold what the host believes: the board file and its lock, the drivers and apps, the models,
 * installed packages, the caches. By real paths: a symbolic link is where it leads, when it is looked at.
 */
export class FolderGuard {
  readonly #kept: Kept[] = [];
  readonly #grants: readonly AppFolder[];

  /**
   * @param folder the board file's
   * @param apps of the board
   * @param file the board file; undefined for a board that is none
   * @throws HostError as `keepFile` does
   */
  constructor(folder: string, apps: Board["apps"], file?: string) {
    this.#grants = Object.entries(apps).flatMap(([app, { folder: grant }]) =>
      grant === undefined ? [] : [{ app, path: resolve(folder, grant.path), write: grant.write }],
    );
    if (file !== undefined) {
      this.keepFile("the board file", file);
      this.keepFile("the lock file", join(dirname(file), LOCK_FILE));
    }
    this.keepFile("Node itself", process.execPath);
    this.keepFolder("the host itself", join(import.meta.dirname, ".."));
    for (const from of [folder, import.meta.dirname]) this.keepPackages(from);
  }

  /**
   * Keeps the packages that are found from a folder: the first place that has a package is where it is taken from, so none may be
   * made in a nearer one.
   *
   * @throws HostError as for a file
   */
  keepPackages(folder: string): void {
    for (const path of createRequire(join(folder, "board.json")).resolve.paths("x") ?? [])
      this.keepFolder("a folder of installed packages", path);
  }

  /**
   * Keeps a file from all apps.
   *
   * @param what for people: "the board file"
   * @throws HostError with code "board" when an app has it in its folder
   */
  keepFile(what: string, path: string): void {
    this.#keep({ what, path, isWhole: false });
  }

  /** Keeps a folder, and whatever is in it. @throws HostError as for a file */
  keepFolder(what: string, path: string): void {
    this.#keep({ what, path, isWhole: true });
  }

  /**
   * Looks at all folders once more: links can have changed.
   *
   * @throws HostError with code "board" when one of them holds what it may not
   */
  check(): void {
    for (const kept of this.#kept) this.#refuse(kept);
  }

  #keep(kept: Kept): void {
    this.#kept.push(kept);
    this.#refuse(kept);
  }

  #refuse({ what, path, isWhole }: Kept): void {
    if (this.#grants.length === 0) return;
    const places = placesOf(path);
    const exists = existsSync(path);
    for (const { app, path: folder, write } of this.#grants) {
      // What is not there yet can only be made by who may write.
      if (!exists && !write) continue;
      const real = realOf(folder);
      const isHeld = places.some((place) => isWithin(place, real) || (isWhole && isWithin(real, place)));
      if (!isHeld) continue;
      throw new HostError(
        "board",
        `"apps.${app}.folder" is ${folder}, where ${what} is (${path}), which no app may get at; name a folder of its own.`,
      );
    }
  }
}

/** Where a file is, and where the link to it is: whoever can change either decides what is read. */
function placesOf(path: string): string[] {
  return [...new Set([realOf(path), join(realOf(dirname(path)), basename(path))])];
}

/** The real path; of what is not there yet, that of the nearest folder that is, and the rest. */
function realOf(path: string): string {
  try {
    // The native one also knows how a name is spelled where case does not matter.
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realOf(parent), basename(path));
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
