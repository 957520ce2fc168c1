import { closeSync, openSync, readSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import {
  type AnyBoard,
  type Board,
  type BoardFile,
  type BoardListener,
  busesOf,
  type Clock,
  entriesOf,
  HostError,
  OpenBoard,
  parseBoard,
  parseBoardText,
  type Simulate,
  type SimulateEntry,
} from "@busbar/host";
import {
  type BackendsOf,
  type ComponentArtifact,
  longestBoard,
  type Platform,
  type PlatformServices,
  type PreparedStore,
  tooLongBoard,
} from "@busbar/host/backend";
import {
  type BuiltIn,
  type BusesIn,
  type BusModules,
  builtIn,
  type HostModules,
  splitModules,
  type With,
  withModules,
} from "@busbar/host/module";
import { type MemoryNeed, requireAddressSpace } from "./address-space.ts";
import { Bundle } from "./bundle/bundle.ts";
import { bundleLockName } from "./bundle/check.ts";
import { nodeClock } from "./clock.ts";
import { type FetchComponent, loadComponent, loadFetchedComponent } from "./components/load.ts";
import { preparedOfUser } from "./components/prepared.ts";
import {
  findManifest,
  isFile as isFileSpecifier,
  isInRegistry,
  resolveComponent,
} from "./components/resolve.ts";
import { openFolder } from "./folder.ts";
import { FolderGuard } from "./folder-guard.ts";
import { driverFiles, findModels, importModels, type ModelFile } from "./models.ts";
import { requireNode } from "./node-version.ts";
import { machineBuses } from "./this-machine.ts";

/**
 * What `openBoard` can be given. Everything has a default: `i2c`, `usb` and the like, where the devices of these buses come from
 * after the simulated ones, are this machine's own.
 */
export interface OpenBoardOptions extends BackendsOf<BuiltIn> {
  /** Makes the devices of `"simulate"`; `@busbar/sim` has one. A board without that list needs none. */
  readonly simulate?: Simulate;
  /**
   * Where the host keeps what it prepares of components, so that it does so once a machine. The user's cache folder by
   * default; what is wrong with that is a warning of the process.
   */
  readonly prepared?: PreparedStore;
  /** Gets drivers and apps that the board names as `oci://...`; `@busbar/registry` has what it takes. */
  readonly fetchComponent?: FetchComponent;
  /** The time. Node's by default. */
  readonly clock?: Clock;
  /** Told of every transaction, denial and start from the first one on. */
  readonly onEvent?: BoardListener;
  /**
   * Whether a driver or an app that is refused is left out, and everything else goes on: see `OpenBoard.refused`. By default
   * such a board is not opened.
   */
  readonly tolerant?: boolean;
  /** Whether no entry of the board is enforced: see `OpenBoard.uses`, and docs/security.md for what stays refused. */
  readonly complain?: boolean;
  /** Where drivers, models and folders of apps are looked up when the board is no file. The current folder by default. */
  readonly folder?: string;
  /** Where components are kept that were pulled or prepared: no app may be given a folder that has a part in them. */
  readonly cacheFolders?: readonly string[];
}

/** The options for a board with buses, whose backends are given by the buses' keys, or kinds of devices from outside this host. */
export type OpenBoardWithModules<Further extends HostModules> = Omit<OpenBoardOptions, "onEvent"> &
  BackendsOf<BusesIn<NoInfer<Further>>> & {
    /**
     * The further buses and kinds, as their packages export them. They are code of the host and run with all of its rights. Where a
     * bus has simulated devices, `simulate` makes those too. `OpenBoard.device` opens a device by the module of its kind.
     */
    readonly modules: Further;
    readonly onEvent?: BoardListener<With<BusesIn<NoInfer<Further>>>>;
  };

/**
 * Opens a board: reads and checks the file, finds the drivers and checks their imports. Drivers start, and buses are
 * opened, when a device is asked for.
 *
 * ```ts
 * await using board = await openBoard("board.json");
 * const indoor = await board.sensor("indoor");
 * for await (const reading of indoor.readings({ everyMs: 1000 })) console.log(reading.temperature);
 * ```
 *
 * @param source the path of a board file, a board as an object, or a bundle, which brings its components with it
 * @throws HostError: one sentence that says what to change, also where Node is too old; an AddressSpaceError where this process may not have the
 *   addresses that the board's components need
 */
export function openBoard<const Further extends HostModules>(
  source: string | BoardFile<With<BusesIn<NoInfer<Further>>>>,
  options: OpenBoardWithModules<Further>,
): Promise<OpenBoard<With<BusesIn<Further>>>>;
export function openBoard(
  source: string | BoardFile | Bundle,
  options?: OpenBoardOptions,
): Promise<OpenBoard>;
export async function openBoard(
  source: string | object,
  options: OpenBoardOptions | OpenBoardWithModules<HostModules> = {},
): Promise<object> {
  requireNode();
  const { buses: further, kinds } = splitModules("modules" in options ? options.modules : []);
  const modules: BusModules = withModules(further);
  const bundle = source instanceof Bundle ? source : undefined;
  const file = typeof source === "string" ? resolve(source) : bundle?.path;
  const board: AnyBoard =
    bundle?.board ?? (file === undefined ? parseBoard(source, undefined, modules) : readBoard(file, modules));
  const folder = file === undefined ? (options.folder ?? process.cwd()) : dirname(file);
  const owner = file === undefined ? {} : { board: file };
  const clock = options.clock ?? nodeClock;
  // What a bundle runs is in it.
  const top = bundle?.folder;
  const guard = guardOf(board, folder, file, options.cacheFolders ?? []);
  const models = findModels(board, folder, top);
  keepModels(guard, models);
  if (bundle !== undefined) await keepBundle(guard, bundle);
  const simulators = await simulated(board, options.simulate, clock, models);
  const memories = new Map<string, number>();
  const services: PlatformServices = {
    clock,
    openFolder(grant) {
      guard.check();
      return openFolder(resolve(folder, grant.path), grant);
    },
    async loadComponent(specifier, wired) {
      const artifact = await load(specifier, wired);
      memories.set(keyOf(specifier, wired), artifact.memories);
      return artifact;
    },
  };
  const prepared = options.prepared ?? preparedOfUser((sentence) => process.emitWarning(sentence));
  const load = async (specifier: string, wired: readonly string[]): Promise<ComponentArtifact> => {
    if (bundle !== undefined) return bundle.component(specifier);
    if (isInRegistry(specifier)) {
      return loadFetchedComponent(specifier, options.fetchComponent, prepared);
    }
    guard.keepFile(specifier, resolveComponent(specifier, folder, wired));
    if (!isFileSpecifier(specifier)) {
      guard.keepFile(`package.json of ${specifier}`, findManifest(specifier, folder));
    }
    return loadComponent(specifier, folder, wired, prepared);
  };
  const backends = backendsFor(modules, simulators, options as BackendsOf<BusModules>, owner);
  const opened = await OpenBoard.open(
    board as Board<BusModules>,
    { ...services, ...backends } as Platform<BusModules>,
    {
      tolerant: options.tolerant ?? false,
      complain: options.complain ?? false,
      modules,
      kinds,
    },
  );
  try {
    requireAddressSpace(needsOf(opened.board, modules, memories));
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
  if (options.onEvent !== undefined) opened.listen(options.onEvent as BoardListener<BusModules>);
  return opened;
}

/** What there is for each bus: the simulator's devices first. A bus for which there is nothing is left out, and so refused by name. */
function backendsFor(
  buses: BusModules,
  simulators: readonly object[],
  given: BackendsOf<BusModules>,
  owner: { readonly board?: string },
): BackendsOf<BusModules> {
  const backends = buses.flatMap(({ key, simulated }) => {
    const own = machineBuses[key];
    const others = given[key] ?? (own === undefined ? undefined : [own.backend(owner)]);
    const all = simulated === undefined ? others : [...simulators, ...(others ?? [])];
    return all === undefined || (others === undefined && all.length === 0) ? [] : [[key, all]];
  });
  return Object.fromEntries(backends);
}

/**
 * Reads and checks a board file.
 *
 * @param modules the buses that its entries can be wired to; those of this host by default
 * @throws HostError with code "board"
 */
export function readBoard(path: string): Board;
export function readBoard(path: string, modules: BusModules): AnyBoard;
export function readBoard(path: string, modules: BusModules = builtIn): AnyBoard {
  let text: string;
  try {
    if (statSync(path).size > longestBoard) throw tooLongBoard(`the board file ${path}`);
    text = readText(path);
  } catch (cause) {
    if (cause instanceof HostError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    const what =
      code === "ENOENT" ? "does not exist; write one, or name another" : `cannot be read (${code})`;
    throw new HostError("board", `the board file ${path} ${what}.`, { cause });
  }
  return parseBoardText(text, path, modules);
}

/** A pipe or a device has no length before it is read, and may have no end: no more is read than a board may have. */
function readText(path: string): string {
  // A UTF-16 code unit has at most three bytes.
  const mostBytes = 3 * longestBoard + 1;
  const bytes = Buffer.allocUnsafe(mostBytes);
  let length = 0;
  const descriptor = openSync(path, "r");
  try {
    while (length < mostBytes) {
      const count = readSync(descriptor, bytes, length, mostBytes - length, null);
      if (count === 0) break;
      length += count;
    }
  } finally {
    closeSync(descriptor);
  }
  return bytes.toString("utf8", 0, length);
}

/** Keeps a bundle from the apps, and sees that all of it was made by this host: it is whole, or nothing of it runs. */
async function keepBundle(guard: FolderGuard, bundle: Bundle): Promise<void> {
  guard.keepFile("the bundle's lock", join(bundle.folder, bundleLockName));
  for (const path of bundle.ownFolders) guard.keepFolder("the bundle", path);
  const { apps } = bundle.board;
  for (const { driver } of entriesOf(bundle.board).map(({ entry }) => entry)) {
    if (driver !== undefined) await bundle.component(driver);
  }
  for (const { component } of Object.values(apps)) await bundle.component(component);
}

/** @param memories of the components that were found, by `keyOf` */
function needsOf(board: AnyBoard, modules: BusModules, memories: ReadonlyMap<string, number>): MemoryNeed[] {
  const components = [
    ...entriesOf(board).map(({ entry }) => {
      return { key: keyOf(entry.driver ?? "", busesOf(entry, modules)), limits: entry.limits };
    }),
    ...Object.values(board.apps).map(({ component, limits }) => ({ key: keyOf(component, []), limits })),
  ];
  return components.map(({ key, limits }) => ({
    memories: memories.get(key) ?? 0,
    memoryMiB: limits.memoryMiB,
  }));
}

/** Which component an entry means: of one package it can be another for each bus. */
function keyOf(specifier: string, wired: readonly string[]): string {
  return JSON.stringify([specifier, ...wired]);
}

/** Keeps from the apps' folders what is known before any component is looked at. */
function guardOf(
  board: AnyBoard,
  folder: string,
  boardFile: string | undefined,
  cacheFolders: readonly string[],
): FolderGuard {
  const guard = new FolderGuard(folder, board.apps, boardFile);
  for (const path of cacheFolders) guard.keepFolder("the cache", path);
  if (board.simulate.length > 0) {
    // Models are looked for from there, too.
    for (const { driver, file } of driverFiles(board, folder)) {
      guard.keepFile(driver, file);
      guard.keepPackages(dirname(file));
    }
  }
  return guard;
}

function keepModels(guard: FolderGuard, models: ReadonlyMap<string, ModelFile>): void {
  for (const [model, { file, manifest }] of models) {
    guard.keepFile(`the model ${model}`, file);
    if (manifest !== undefined) guard.keepFile(`package.json of the model ${model}`, manifest);
  }
}

async function simulated(
  board: AnyBoard,
  simulate: Simulate | undefined,
  clock: Clock,
  models: ReadonlyMap<string, ModelFile>,
): Promise<ReturnType<Simulate>[]> {
  if (board.simulate.length === 0) return [];
  if (simulate === undefined) {
    throw new HostError(
      "board",
      'the board has a "simulate" list, but no simulator was given; pass { simulate } from @busbar/sim.',
    );
  }
  const entries = board.simulate as SimulateEntry[];
  return [simulate(entries, clock, await importModels(models))];
}
