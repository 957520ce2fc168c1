/** A cache on disk: what can be made again is found there, whole and unchanged, or not at all. */

import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, futimesSync, openSync, readFileSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type CachePlace,
  cachePlaces,
  checkPlace,
  type Environment,
  isOwn,
  stateOf,
  whyNot,
} from "./safe-folder.ts";
import { temporaryName, writeFileAtomically } from "./whole-file.ts";

/** How a cache behaves; everything has a default. */
export interface CacheOptions {
  /** The most bytes that all entries may have together; 512 MiB by default. What was not used for longest goes first. */
  readonly maximumBytes?: number;
  /**
   * Told in one sentence what is wrong with the cache, each thing once. The cache goes on: it then has nothing, or keeps
   * nothing.
   */
  readonly onProblem?: (sentence: string) => void;
  /** XDG_CACHE_HOME and HOME; the process's own by default. */
  readonly environment?: Environment;
}

/** An entry begins with this, and the SHA-256 of its key and contents; another layout has another number. */
const magic = Buffer.from("busbar\0\u0001", "latin1");
const headerLength = magic.length + 32;

/** A temporary folder may be in memory, of which there is less. */
const mostTemporaryBytes = 64 * 1024 * 1024;

/** How old the time of last use may get, in milliseconds: it is not written at every reading, for flash wears out. */
const useResolutionMs = 3_600_000;

const keyPattern = /^[0-9a-f]{64}$/;

/**
 * The key of an entry: the SHA-256 of all that decides what the entry has, such as the digest of what it is made from and
 * the version of the code that makes it.
 *
 * @param parts ("a", "b") has another key than ("ab")
 */
export function cacheKey(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    hash.update(digestOf(typeof part === "string" ? Buffer.from(part, "utf8") : part));
  }
  return hash.digest("hex");
}

const digests = new WeakMap<Uint8Array, string>();

/**
 * The SHA-256 of bytes that nobody changes, in hexadecimal. It is remembered: a component's is asked for more than once on
 * the way to its first reading.
 */
export function digestOf(bytes: Uint8Array): string {
  let digest = digests.get(bytes);
  if (digest === undefined) {
    digest = createHash("sha256").update(bytes).digest("hex");
    digests.set(bytes, digest);
  }
  return digest;
}

/**
 * A cache that any number of processes of one user may share. What it gives back is what somebody with that user's rights
 * put in under that key: the folder belongs to the host's user, nobody else can write to it, and an entry that is not what
 * its digest says is thrown away. It never fails: a full disk or a folder that cannot be used is told and otherwise the same
 * as an empty cache.
 */
export class CacheFolder {
  readonly #places: readonly CachePlace[];
  readonly #maximumBytes: number;
  readonly #onProblem: (sentence: string) => void;
  readonly #told = new Set<string>();

  private constructor(places: readonly CachePlace[], { maximumBytes, onProblem }: CacheOptions) {
    this.#places = places;
    this.#maximumBytes = maximumBytes ?? 512 * 1024 * 1024;
    this.#onProblem = onProblem ?? (() => undefined);
  }

  /**
   * The user's cache of this name: `XDG_CACHE_HOME/busbar/NAME`, else `~/.cache/busbar/NAME`; where that cannot be used, and
   * after saying so, a folder of the user's own in the temporary folder, of at most 64 MiB. Nothing is touched before the
   * first call.
   *
   * @param name one word: "registry"
   */
  static ofUser(name: string, options: CacheOptions = {}): CacheFolder {
    return new CacheFolder(cachePlaces(name, options.environment), options);
  }

  /**
   * A cache in this folder and nowhere else; it is made when something is put.
   *
   * @param path absolute
   */
  static at(path: string, options: CacheOptions = {}): CacheFolder {
    return new CacheFolder([{ folders: [path], temporary: false }], options);
  }

  /**
   * Takes an entry, and notes that it was used.
   *
   * @param key 64 lower-case hexadecimal digits: a SHA-256, see {@link cacheKey}
   * @returns undefined where it is not there
   */
  async get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    requireKey(key);
    const place = this.#find();
    if (place === undefined) return undefined;
    const path = join(place.folders.at(-1)!, key);
    try {
      const contents = this.#read(path, key);
      if (contents !== "damaged") return contents;
      await rm(path, { force: true });
      this.#tell(`the cache entry ${path} was damaged or not yours alone; it was deleted, and is made anew.`);
    } catch (error) {
      this.#tell(`the cache entry ${path} cannot be used (${codeOf(error)}); delete it.`);
    }
    return undefined;
  }

  /**
   * Keeps an entry, whole or not at all, in place of what is there; and throws away what was not used for longest where it
   * gets too much.
   *
   * @param key as in {@link get}
   * @returns undefined when it is kept, else why it is not: the sentence that was told
   */
  async put(key: string, contents: Uint8Array): Promise<string | undefined> {
    requireKey(key);
    const place = this.#make();
    if (typeof place === "string") return this.#tell(place);
    const folder = place.folders.at(-1)!;
    const most = place.temporary ? Math.min(this.#maximumBytes, mostTemporaryBytes) : this.#maximumBytes;
    if (headerLength + contents.length > most) {
      return this.#tell(
        `the cache folder ${folder} keeps nothing of more than ${most} bytes, and this has ${contents.length}.`,
      );
    }
    try {
      await writeFileAtomically(join(folder, key), [magic, digest(key, contents), contents], 0o600);
    } catch (error) {
      return this.#tell(
        `the cache folder ${folder} cannot be written (${codeOf(error)}); make room, or set XDG_CACHE_HOME to a folder that can be written.`,
      );
    }
    await this.#clean(folder, key, most).catch((error: unknown) => {
      this.#tell(`the cache folder ${folder} cannot be cleaned up (${codeOf(error)}); delete it.`);
    });
    return undefined;
  }

  /** Not by promises: a cold start waits for this, and the first of those costs it six milliseconds. */
  #read(path: string, key: string): Uint8Array<ArrayBuffer> | "damaged" | undefined {
    // No link is followed, and what is no file (a pipe) is not waited for.
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    let file: number;
    try {
      file = openSync(path, flags);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      if (codeOf(error) === "ELOOP") return "damaged";
      throw error;
    }
    try {
      const stats = fstatSync(file);
      if (!stats.isFile() || !isOwn(stats) || stats.size > this.#maximumBytes) return "damaged";
      const bytes = readFileSync(file);
      const contents = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length).subarray(headerLength);
      const header = Buffer.concat([magic, digest(key, contents)]);
      if (!header.equals(bytes.subarray(0, headerLength))) return "damaged";
      if (Date.now() - stats.mtimeMs > useResolutionMs) noteUse(file);
      return contents;
    } finally {
      closeSync(file);
    }
  }

  async #clean(folder: string, keep: string, maximumBytes: number): Promise<void> {
    const entries: { readonly path: string; readonly bytes: number; readonly usedMs: number }[] = [];
    let total = 0;
    for (const name of await readdir(folder)) {
      if (!keyPattern.test(name) && !temporaryName.test(name)) continue;
      const path = join(folder, name);
      const stats = await stat(path).catch(() => undefined);
      if (stats === undefined) continue;
      if (temporaryName.test(name)) {
        // Of a process that was killed: no writing takes an hour.
        if (Date.now() - stats.mtimeMs > useResolutionMs) await rm(path, { force: true });
        continue;
      }
      total += stats.size;
      // Never the newest, whatever the clock of a machine without a battery says.
      if (name !== keep) entries.push({ path, bytes: stats.size, usedMs: stats.mtimeMs });
    }
    entries.sort((left, right) => left.usedMs - right.usedMs);
    for (const { path, bytes } of entries) {
      if (total <= maximumBytes) return;
      await rm(path, { force: true });
      total -= bytes;
    }
  }

  /** The first place that is there and safe. Others are told of when something is put: what is not there is put next. */
  #find(): CachePlace | undefined {
    const found = this.#places.find((place) => checkPlace(place) === "safe");
    if (found?.temporary !== true) return found;
    // An earlier run had to take it; whether that is still so is found out, and said. Nothing is made by looking.
    const isNeeded = this.#places.every((place) => place.temporary || whyNot(place) !== undefined);
    if (!isNeeded) return undefined;
    const place = this.#make();
    return typeof place === "string" ? undefined : place;
  }

  /** The first place that is safe, or can be made so; else what is wrong. */
  #make(): CachePlace | string {
    const problems: string[] = [];
    const advice = "set XDG_CACHE_HOME to a folder that only you can write";
    for (const place of this.#places) {
      const state = stateOf(place);
      if (state === "safe") {
        if (place.temporary) {
          const why = problems[0] ?? "there is no home folder";
          this.#tell(
            `${why}: the cache is in ${place.folders.at(-1)} until this machine is restarted; ${advice}.`,
          );
        }
        return place;
      }
      if (state !== "missing") problems.push(state.problem);
    }
    return `${problems[0] ?? "the cache folder was deleted meanwhile"}: nothing is kept in a cache; ${advice}.`;
  }

  #tell(sentence: string): string {
    if (!this.#told.has(sentence)) this.#onProblem(sentence);
    this.#told.add(sentence);
    return sentence;
  }
}

/** A cache on a read-only disk is as good as before. */
function noteUse(file: number): void {
  const now = new Date();
  try {
    futimesSync(file, now, now);
  } catch {}
}

function digest(key: string, contents: Uint8Array): Buffer {
  return createHash("sha256").update(key).update(contents).digest();
}

function requireKey(key: string): void {
  if (!keyPattern.test(key)) throw new RangeError("the key of a cache entry is 64 hexadecimal digits.");
}

/** What the system calls it; an error that it does not know is a fault of the code, and is thrown. */
function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return code;
}
