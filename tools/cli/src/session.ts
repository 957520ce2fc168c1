import {
  type Board,
  type Clock,
  describeWiring,
  HostError,
  type LifecycleEvent,
  type OpenBoard,
  type Simulate,
} from "@busbar/host";
import {
  Bundle,
  isBundle as isBundleFolder,
  nodeClock,
  openBoard,
  preparedOfUser,
  type ReadBundleOptions,
  readBoard,
  requireNode,
} from "@busbar/host-node";
import { cacheRoots } from "@busbar/host-node/cache";
import { AuditLog } from "./audit.ts";
import { UsageError } from "./exit-codes.ts";
import type { Output } from "./output/output.ts";
import { printable, printableMessage } from "./output/printable.ts";
import { showWait } from "./output/waiting.ts";
import { fetchFor, warningTo } from "./registry.ts";

/** A board opened for a command that runs drivers. */
export interface Session extends AsyncDisposable {
  readonly board: OpenBoard;
  /** Whether it is a bundle, which nobody edits. */
  readonly isBundle: boolean;
  readonly clock: Clock;
  /** What the board's simulated displays show now; empty where it simulates none. */
  pictures(): string[];
  /** Where a device is, for people: "bus 1 at 0x76", 'bus "sim" (simulated) at 0x76'. */
  wiringOf(device: string): string;
}

/** How a board is opened. */
export interface SessionOptions extends ReadBundleOptions {
  /** Whether no entry is enforced. */
  readonly complain?: boolean;
}

/**
 * Opens a board as every command does: with the simulator if the board has something to simulate, and with
 * denials, warnings, and what comes and goes told on stderr.
 *
 * @param path a board file, or the folder of a bundle
 * @throws HostError; UsageError where a lock is asked for and the board is no bundle
 */
export async function openSession(
  path: string,
  output: Output,
  { complain = false, ...options }: SessionOptions = {},
): Promise<Session> {
  // Before anything else is wrong: most drivers wait, and on WebAssembly that takes JSPI.
  requireNode();
  const audit = new AuditLog(output);
  const source = boardAt(path, options);
  const isBundle = source instanceof Bundle;
  const waiting = new Set<string>();
  const simulator = await simulatorFor(isBundle ? source.board : readBoard(path));
  using _ = showWait(output, () => "preparing the drivers");
  const board = await openBoard(source, {
    ...(simulator && { simulate: simulator.simulate }),
    // One device that is refused must not end the others.
    tolerant: true,
    complain,
    fetchComponent: fetchFor(path, output),
    ...(!isBundle && { prepared: preparedOfUser(warningTo(output)) }),
    cacheFolders: cacheRoots(),
    clock: nodeClock,
    onEvent: (event) => {
      if (event.kind === "denied" || event.kind === "would-be-denied") audit.denied(event);
      if (event.kind === "warning") audit.warned(event);
      if (event.kind === "lifecycle") tellPresence(event, waiting, output);
    },
  });
  tellUnenforced(board, output);
  return {
    board,
    isBundle,
    clock: nodeClock,
    pictures: () => simulator?.pictures() ?? [],
    wiringOf: (device) => describeWiring(board.board, device),
    [Symbol.asyncDispose]: () => board[Symbol.asyncDispose](),
  };
}

/** Nobody should run like this for good without knowing. */
function tellUnenforced({ uses }: OpenBoard, output: Output): void {
  const devices = [...uses.keys()];
  if (devices.length === 0) return;
  output.notice(
    `complain mode: of ${devices.join(", ")} nothing is refused that stays within the device; "busbar grants" writes what to enforce.`,
    { type: "complain", devices },
  );
}

/** @param waiting those that are waited for */
function tellPresence(
  { device, event, reason = "" }: LifecycleEvent,
  waiting: Set<string>,
  output: Output,
): void {
  if (event === "waiting") {
    waiting.add(device);
    output.notice(`${device}: ${printableMessage(reason)}.`, { type: "waiting", device, reason });
  }
  if (event === "started" && waiting.delete(device)) {
    output.info(`${device}: is plugged in now, and its driver runs.`, { type: "arrived", device });
  }
}

/** The names of the devices that are sensors, as far as that is known now. */
export function sensorsOf({ devices }: OpenBoard): string[] {
  return devices.filter(({ kind }) => kind === "sensor").map(({ name }) => name);
}

/**
 * The sensors that a command is about. What was refused when the board was opened is among them: asking for it says why.
 *
 * @param names from the command line; empty means all
 * @throws HostError with code "board" when a name is unknown or no sensor, or there is no sensor at all
 */
export function chooseSensors(board: OpenBoard, path: string, names: readonly string[]): readonly string[] {
  const refused = board.refused.filter(({ place }) => place === "devices").map(({ name }) => name);
  const found = sensorsOf(board);
  const sensors = Object.keys(board.board.devices).filter((name) => [...found, ...refused].includes(name));
  const known = sensors.map((name) => `"${name}"`).join(", ") || "none";
  if (names.length === 0 && sensors.length === 0) {
    throw new HostError("board", `${path} has no sensor; add one to its "devices".`);
  }
  for (const name of names) {
    if (!sensors.includes(name)) {
      throw new HostError("board", `${path} has no sensor "${name}"; its sensors: ${known}.`);
    }
  }
  return names.length === 0 ? sensors : [...new Set(names)];
}

/**
 * What a person names as a board: a board file, or the folder of a bundle.
 *
 * @throws HostError where a bundle is not what its lock says; UsageError where a lock is asked for and it is no bundle
 */
export function boardAt(path: string, options: ReadBundleOptions = {}): string | Bundle {
  if (isBundleFolder(path)) return Bundle.read(path, options);
  if (options.lock === undefined) return path;
  throw new UsageError(`--lock is for a bundle, and ${printable(path, 200)} is none.`);
}

/** The simulator, loaded only for a board that needs it, and what its displays show. */
async function simulatorFor(
  board: Board,
): Promise<{ simulate: Simulate; pictures: () => string[] } | undefined> {
  if (board.simulate.length === 0) return undefined;
  const { simulate } = await import("@busbar/sim");
  let simulation: ReturnType<typeof simulate> | undefined;
  return {
    simulate: (entries, clock, modules) => {
      simulation = simulate(entries, clock, modules);
      return simulation;
    },
    pictures: () => simulation?.pictures().map(({ picture }) => picture) ?? [],
  };
}
