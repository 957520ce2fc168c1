import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { type Board, busesOf, entriesOf, OpenBoard, parseBoardText } from "@busbar/host";
import { builtIn } from "@busbar/host/module";
import {
  type BundleLock,
  bundleBoardName,
  bundleFormat,
  bundleLockName,
  componentFromBytes,
  type FetchComponent,
  isInRegistry,
  nativePackagesOf,
  nodeClock,
  prepareForBundle,
  readBoard,
} from "@busbar/host-node";
import { makeFolders } from "@busbar/host-node/cache";
import { readComponentOf } from "../component-file.ts";
import { collectModels } from "./models.ts";
import { compileNative, type NativeFiles } from "./native.ts";
import { type BundlePlatform, collectRuntime } from "./runtime.ts";
import { readme, shellStarter, starter } from "./starter.ts";

/** What a bundle is made of. */
export interface BundleOptions {
  readonly platform: BundlePlatform;
  /** Gets what the board names in a registry, as the board's lock file pins it. */
  readonly fetchComponent: FetchComponent;
  /** Whether it gets machine code for the native host too. */
  readonly native?: boolean;
}

/** A bundle that was made. */
export interface MadeBundle {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The SHA-256 of its lock, in hexadecimal. */
  readonly lock: string;
  readonly components: readonly string[];
}

/** The folder of this package: its scripts lie in one folder of it. */
const ownPackage = join(import.meta.dirname, "..");

/**
 * Makes a bundle of a board: the same board makes the same bytes.
 *
 * @param path the board file
 * @throws HostError where the board could not be opened, or asks for what a bundle cannot hold
 */
export async function makeBundle(
  path: string,
  { platform, fetchComponent, native = false }: BundleOptions,
): Promise<MadeBundle> {
  const board = readBoard(path);
  const models = await collectModels(board, path, dirname(resolve(path)));
  const components = await readComponents(board, path, fetchComponent);
  await requireGranted(board, components);

  const files = collectRuntime(ownPackage, {
    platform,
    native: nativePackagesOf(board),
    simulator: board.simulate.length > 0,
  });
  for (const [name, bytes] of models) files.set(name, bytes);
  const text = (content: string) => new TextEncoder().encode(content);
  const { version } = JSON.parse(readFileSync(join(ownPackage, "package.json"), "utf8")) as {
    version: string;
  };
  const prepared = await prepareForBundle(
    [...components.values()].map(({ specifier, bytes }) => [specifier, bytes]),
  );
  for (const [name, bytes] of prepared.files) files.set(name, bytes);
  for (const { file, bytes } of components.values()) files.set(file, bytes);
  files.set(bundleBoardName, text(rewriteBoard(path, board, components)));
  files.set("busbar.mjs", text(starter));
  files.set("bin/busbar", text(shellStarter));
  files.set("README.md", text(readme(platform, Object.keys(board.devices), version)));

  const compiled = native ? compileFiles(files, dirname(resolve(path)), platform) : undefined;
  for (const [name, bytes] of compiled?.files ?? []) files.set(name, bytes);

  const names = [...files.keys()].sort();
  const lock: BundleLock = {
    format: bundleFormat,
    busbar: version,
    platform,
    prepared: Object.fromEntries(Object.entries(prepared.keys).sort(([a], [b]) => (a < b ? -1 : 1))),
    files: Object.fromEntries(names.map((name) => [name, sha256(files.get(name)!)])),
    ...(compiled && { native: compiled.native }),
  };
  const lockBytes = text(`${JSON.stringify(lock, null, 2)}\n`);
  files.set(bundleLockName, lockBytes);
  return {
    files,
    lock: sha256(lockBytes),
    components: [...new Set([...components.values()].map(({ file }) => file))],
  };
}

/**
 * The compiler gets what the bundle has: components of a registry are there, and the code is of those very bytes. What the board
 * needs and does not name is installed where that is.
 */
function compileFiles(
  files: ReadonlyMap<string, Uint8Array>,
  packages: string,
  platform: BundlePlatform,
): NativeFiles {
  const folder = mkdtempSync(join(tmpdir(), "busbar-bundle-"));
  try {
    for (const [name, bytes] of files) {
      if (name !== bundleBoardName && !name.startsWith("components/")) continue;
      makeFolders(dirname(join(folder, name)));
      writeFileSync(join(folder, name), bytes);
    }
    return compileNative(join(folder, bundleBoardName), packages, platform);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Which component an entry means: of one package it can be another for each bus. */
function keyOf(specifier: string, wired: readonly string[]): string {
  return JSON.stringify([specifier, ...wired]);
}

/** A component of the board, and its place in the bundle. */
interface BundledComponent {
  /** As the board names it. */
  readonly specifier: string;
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** All components of a board, by `keyOf`; two with the same contents are one file. */
async function readComponents(
  board: Board,
  path: string,
  fetchComponent: FetchComponent,
): Promise<Map<string, BundledComponent>> {
  const named = [
    ...entriesOf(board).map(({ entry }) => ({ specifier: entry.driver, wired: busesOf(entry) })),
    ...Object.values(board.apps).map(({ component }) => ({ specifier: component, wired: [] })),
  ].flatMap(({ specifier, wired }) =>
    specifier === undefined ? [] : [[keyOf(specifier, wired), { specifier, wired }] as const],
  );
  const components = new Map<string, BundledComponent>();
  const digests = new Map<string, string>();
  for (const [key, { specifier, wired }] of [...new Map(named)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const bytes = isInRegistry(specifier)
      ? await fetchComponent(specifier)
      : readComponentOf(specifier, dirname(resolve(path)), wired);
    const digest = sha256(bytes);
    const file = digests.get(digest) ?? `components/${fileNameOf(specifier, new Set(digests.values()))}`;
    digests.set(digest, file);
    components.set(key, { specifier, file, bytes });
  }
  return components;
}

/** "bme280.wasm" for "@busbar/bme280" and "../x/bme280.wasm"; with a number where that name is taken. */
function fileNameOf(specifier: string, taken: ReadonlySet<string>): string {
  const name = basename(specifier.replace(/(?<=.)[:@][^/]*$/, "").replace(/\.wasm$/, ""));
  const safe = name.replaceAll(/[^\w.-]/g, "-").replace(/^\./, "-") || "component";
  for (let number = 1; ; number += 1) {
    const file = number === 1 ? `${safe}.wasm` : `${safe}-${number}.wasm`;
    if (!taken.has(`components/${file}`)) return file;
  }
}

/** Whether each of them may be linked by this board is known here, not first on the device. */
async function requireGranted(
  board: Board,
  components: ReadonlyMap<string, BundledComponent>,
): Promise<void> {
  await using _ = await OpenBoard.open(board, {
    clock: nodeClock,
    ...Object.fromEntries(builtIn.map(({ key }) => [key, []])),
    loadComponent: (specifier, wired) =>
      componentFromBytes(components.get(keyOf(specifier, wired))!.bytes, specifier),
  });
}

/** The board file as it is written, but for where its components are. */
function rewriteBoard(path: string, board: Board, components: ReadonlyMap<string, BundledComponent>): string {
  const written = JSON.parse(readFileSync(path, "utf8")) as {
    bridges?: Record<string, { driver?: string }>;
    devices?: Record<string, { driver?: string }>;
    apps?: Record<string, { component: string }>;
  };
  const placeOf = (specifier: string, wired: readonly string[]) =>
    `./${components.get(keyOf(specifier, wired))!.file}`;
  for (const { place, name, entry } of entriesOf(board)) {
    const device = written[place]![name]!;
    if (device.driver !== undefined) device.driver = placeOf(device.driver, busesOf(entry));
  }
  for (const app of Object.values(written.apps ?? {})) app.component = placeOf(app.component, []);
  const text = `${JSON.stringify(written, null, 2)}\n`;
  parseBoardText(text, bundleBoardName);
  return text;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
