/** Whether a folder may be believed: what lies in it is run, so nobody but the host's own user may have put it there. */

import { accessSync, constants, existsSync, lstatSync, type Stats } from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { makeFolders } from "./make-folder.ts";

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A place for a cache. */
export interface CachePlace {
  /** Folders that nobody else may write to, the outer one first; the last is the place itself. */
  readonly folders: readonly [...string[], string];
  /** Whether it goes with the next start of the machine, and may be in its memory. */
  readonly temporary: boolean;
}

/** The access bits of group and others that let them write. */
const othersWrite = 0o022;

/**
 * Where a user's cache of this name is looked for, best first: in XDG_CACHE_HOME, else in HOME, and where that cannot be
 * used in a folder of the user's own in the temporary folder.
 *
 * @param name one word: "registry"
 */
export function cachePlaces(
  name: string,
  environment: Environment = process.env,
): readonly [CachePlace, ...CachePlace[]] {
  const base = cacheHome(environment);
  const owner = process.geteuid?.() ?? userInfo().username;
  const outer = join(tmpdir(), `busbar-cache-${owner}`);
  const temporary: CachePlace = { folders: [outer, join(outer, name)], temporary: true };
  if (base === undefined) return [temporary];
  return [{ folders: [join(base, "busbar"), join(base, "busbar", name)], temporary: false }, temporary];
}

/** The folders in which a user's caches may be: `XDG_CACHE_HOME/busbar` and the like, and the temporary one. They need not be there. */
export function cacheRoots(environment: Environment = process.env): readonly string[] {
  return cachePlaces("registry", environment).map(({ folders }) => folders[0]);
}

/** The user's home; undefined where the user has none, as a service's that systemd makes for it. */
export function homeFolder({ HOME }: Environment = process.env): string | undefined {
  if (HOME !== undefined) return HOME;
  try {
    return homedir();
  } catch {
    // Neither in the environment nor in the list of users.
    return undefined;
  }
}

function cacheHome(environment: Environment): string | undefined {
  const { XDG_CACHE_HOME = "" } = environment;
  // XDG Base Directory Specification: a path that is not absolute is to be ignored.
  if (isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME;
  const home = homeFolder(environment) ?? "";
  return isAbsolute(home) ? join(home, ".cache") : undefined;
}

/** What was found where a cache is to be. */
export type FolderState = "safe" | "missing" | { readonly problem: string };

/**
 * Looks whether a place is there and only the host's user can write to it.
 *
 * @returns the problem as the end of a sentence: `/x belongs to user 1000`
 */
export function checkPlace({ folders }: CachePlace): FolderState {
  for (const path of folders) {
    let stats: Stats;
    try {
      stats = lstatSync(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return "missing";
      return { problem: `${path} cannot be used (${code})` };
    }
    const problem = problemOf(stats);
    if (problem !== undefined) return { problem: `${path} ${problem}` };
  }
  return "safe";
}

/** Why a place cannot be used, as the end of a sentence; undefined where it can, or could be made. Makes nothing. */
export function whyNot(place: CachePlace): string | undefined {
  const state = checkPlace(place);
  if (state !== "missing") return state === "safe" ? undefined : state.problem;
  const path = place.folders.at(-1)!;
  let above = dirname(path);
  while (!existsSync(above) && dirname(above) !== above) above = dirname(above);
  try {
    accessSync(above, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return `${path} cannot be made (${(error as NodeJS.ErrnoException).code})`;
  }
}

/** Makes a place, for the host's user alone, and looks at it again: somebody else may have been faster. */
function makePlace(place: CachePlace): FolderState {
  const path = place.folders.at(-1)!;
  try {
    makeFolders(path, 0o700);
  } catch (error) {
    return { problem: `${path} cannot be made (${(error as NodeJS.ErrnoException).code})` };
  }
  return checkPlace(place);
}

/**
 * The folder of the user's cache of this name, for what keeps files there by itself (V8's compiled code); it is made where it
 * is missing.
 *
 * @param name one word: "compiled"
 * @returns undefined where it cannot be made, or somebody else can write to it
 */
export function safeCacheFolder(name: string, environment: Environment = process.env): string | undefined {
  const place = lasting(name, environment);
  return place !== undefined && stateOf(place) === "safe" ? place.folders.at(-1) : undefined;
}

/**
 * Why the user's cache of this name is not used. Nothing is made or changed.
 *
 * @param name one word: "registry"
 * @returns the end of a sentence: `/home/x/.cache/busbar belongs to user 0`; undefined where it is used, or
 *   is not there yet
 */
export function cacheFolderProblem(name: string, environment: Environment = process.env): string | undefined {
  const place = lasting(name, environment);
  if (place === undefined) return "there is no home folder";
  const state = checkPlace(place);
  return typeof state === "string" ? undefined : state.problem;
}

function lasting(name: string, environment: Environment): CachePlace | undefined {
  return cachePlaces(name, environment).find(({ temporary }) => !temporary);
}

/** Where the user's cache of this name is kept, and why it is not where one would look for it. */
export interface UsedCache {
  /** Undefined where nothing is kept. */
  readonly folder: string | undefined;
  /** Whether it goes with the next start of the machine. */
  readonly temporary: boolean;
  /** The end of a sentence; undefined where it is in its own place. */
  readonly problem: string | undefined;
}

/** Finds out where the user's cache of this name is kept; it is made where it is missing. */
export function usedCache(name: string, environment: Environment = process.env): UsedCache {
  let problem = cacheHome(environment) === undefined ? "there is no home folder" : undefined;
  for (const place of cachePlaces(name, environment)) {
    const state = stateOf(place);
    const { temporary } = place;
    if (state === "safe") return { folder: place.folders.at(-1), temporary, problem };
    if (state !== "missing") problem ??= state.problem;
  }
  return { folder: undefined, temporary: false, problem };
}

/** Looks at a place, and makes it where it is missing. */
export function stateOf(place: CachePlace): FolderState {
  const found = checkPlace(place);
  return found === "missing" ? makePlace(place) : found;
}

/** Whether a file is the host's user's own, and nobody else can write to it. */
export function isOwn({ uid, mode }: Stats): boolean {
  const user = process.geteuid?.();
  // Windows has neither; a user's folders there are the user's own by inheritance.
  return user === undefined || (uid === user && (mode & othersWrite) === 0);
}

function problemOf(stats: Stats): string | undefined {
  if (stats.isSymbolicLink()) return "is a symbolic link";
  if (!stats.isDirectory()) return "is no folder";
  if (isOwn(stats)) return undefined;
  return stats.uid === process.geteuid?.()
    ? 'can be written by others, which "chmod go-w" ends'
    : `belongs to user ${stats.uid}`;
}
