/**
 * Whether a bundle's folder is what its lock says. This is loaded before anything else of the bundle, so it imports nothing
 * but Node: what it finds wrong must not have run by then.
 */

import { hash } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";

/** The name of the lock in a bundle's folder: the SHA-256 of every other file. */
export const bundleLockName = "bundle.lock.json";

/** The name of the board file in a bundle's folder. */
export const bundleBoardName = "board.json";

/** Changes with the layout of a bundle. */
export const bundleFormat = 1;

/** What lies in these is the bundle's own, and nothing else may. Elsewhere in the folder apps may keep files. */
export const bundleFolders = ["bin", "components", "native", "node_modules", "prepared"] as const;

/** The lock of a bundle, as JSON. */
export interface BundleLock {
  readonly format: typeof bundleFormat;
  /** The version of the command that made it. */
  readonly busbar: string;
  /** What its native parts are for: "linux-x64". */
  readonly platform: string;
  /** The file of what was prepared, by its key: see `BundleStore`. */
  readonly prepared: Readonly<Record<string, string>>;
  /** The SHA-256 of each file, by its path in the folder with slashes. */
  readonly files: Readonly<Record<string, string>>;
  /** Machine code for the native host (host/wasmtime), by its engine's settings and by component; this host has no use for it. */
  readonly native?: Readonly<Record<string, Readonly<Record<string, NativeCode>>>>;
}

/** The machine code of a component. */
export interface NativeCode {
  /** The SHA-256 of the component. */
  readonly component: string;
  /** Its path in the bundle. */
  readonly code: string;
}

/** A bundle whose files are what its lock says. */
export interface CheckedBundle {
  readonly folder: string;
  readonly lock: BundleLock;
  /** The SHA-256 of the lock itself, in hexadecimal. */
  readonly lockDigest: string;
  /** The contents of the board, the components and what was prepared, as they were when they were checked. */
  readonly contents: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** A bundle is not what its lock says: one sentence that names the file. */
export class BundleError extends Error {
  override readonly name = "BundleError";
}

/** Far more than any lock has. */
const longestLock = 16 * 1024 * 1024;

const digestPattern = /^[0-9a-f]{64}$/;

const checked = new Map<string, CheckedBundle>();

/** Whether a folder is a bundle: it has a lock. */
export function isBundle(folder: string): boolean {
  return fs.statSync(join(folder, bundleLockName), { throwIfNoEntry: false })?.isFile() ?? false;
}

/**
 * Reads all files of a bundle and holds them against its lock; once a process.
 *
 * @param folder absolute
 * @throws BundleError
 */
export function checkBundle(folder: string): CheckedBundle {
  const known = checked.get(folder);
  if (known !== undefined) return known;
  const { lock, digest } = readLock(folder);
  requirePlatform(folder, lock);
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [path, expected] of Object.entries(lock.files)) {
    const bytes = readFile(folder, path);
    if (sha256(bytes) !== expected) {
      throw new BundleError(
        `${join(folder, path)} is not what the bundle's lock says; copy the bundle again, or make it anew.`,
      );
    }
    if (path === bundleBoardName || /^(components|prepared)\//.test(path)) contents.set(path, bytes);
  }
  for (const name of bundleFolders) requireListed(folder, name, lock);
  const bundle = { folder, lock, lockDigest: digest, contents };
  checked.set(folder, bundle);
  return bundle;
}

/** The SHA-256 of bytes, in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return hash("sha256", bytes);
}

function readLock(folder: string): { lock: BundleLock; digest: string } {
  const path = join(folder, bundleLockName);
  const bytes = readFile(folder, bundleLockName, longestLock);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new BundleError(`${path} is damaged; copy the bundle again, or make it anew.`);
  }
  const { format, busbar, platform, prepared, files } = (json ?? {}) as Partial<BundleLock>;
  if (format !== bundleFormat) {
    throw new BundleError(
      `${path} is no lock of this version of busbar; make the bundle anew with "busbar bundle".`,
    );
  }
  const isWell =
    typeof busbar === "string" &&
    typeof platform === "string" &&
    isRecord(prepared, (file) => Object.hasOwn(files ?? {}, file)) &&
    isRecord(files, (digest) => digestPattern.test(digest)) &&
    Object.keys(files).every(isInside);
  if (!isWell) throw new BundleError(`${path} is damaged; copy the bundle again, or make it anew.`);
  return { lock: { format, busbar, platform, prepared, files }, digest: sha256(bytes) };
}

function isRecord(
  value: unknown,
  isWell: (text: string) => boolean,
): value is Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).every((text) => typeof text === "string" && isWell(text));
}

/** Whether a path of the lock stays in the folder. */
function isInside(path: string): boolean {
  return !/[\\\0]/.test(path) && path.split("/").every((part) => !["", ".", ".."].includes(part));
}

function requirePlatform(folder: string, { platform }: BundleLock): void {
  const here = `${process.platform}-${process.arch}`;
  if (platform === here) return;
  throw new BundleError(
    `the bundle ${folder} is for ${platform}, and this machine is ${here}; make one with "busbar bundle --platform ${here}".`,
  );
}

/** Reads a regular file; a link or a pipe is none. */
function readFile(
  folder: string,
  path: string,
  mostBytes = Number.POSITIVE_INFINITY,
): Uint8Array<ArrayBuffer> {
  const file = join(folder, path);
  let descriptor: number | undefined;
  try {
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;
    descriptor = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stats = fs.fstatSync(descriptor);
    if (!stats.isFile() || stats.size > mostBytes) {
      throw new BundleError(`${file} is no file of a bundle; copy the bundle again, or make it anew.`);
    }
    const bytes = new Uint8Array(stats.size);
    let length = 0;
    while (length < bytes.length) {
      const count = fs.readSync(descriptor, bytes, length, bytes.length - length, null);
      if (count === 0) break;
      length += count;
    }
    return length === bytes.length ? bytes : bytes.slice(0, length);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    const what =
      code === "ENOENT" ? "is missing" : code === "ELOOP" ? "is a link" : `cannot be read (${code})`;
    throw new BundleError(`${file} ${what}; copy the bundle again, or make it anew.`, { cause });
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

function requireListed(folder: string, name: string, lock: BundleLock): void {
  const entries = fs.statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory()
    ? fs.readdirSync(join(folder, name), { withFileTypes: true })
    : [];
  for (const entry of entries) {
    const path = `${name}/${entry.name}`;
    if (entry.isDirectory()) requireListed(folder, path, lock);
    else if (!Object.hasOwn(lock.files, path)) {
      throw new BundleError(
        `${join(folder, path)} is not in the bundle's lock; take it away, or make the bundle anew.`,
      );
    }
  }
}
