import {
  BackendError,
  type Clock,
  HostError,
  type LifecycleEvent,
  type OpenBoard,
  type Simulate,
} from "@busbar/host";
import { nodeClock, openBoard, preparedOfUser, readBoard } from "@busbar/host-node";
import { AuditLog } from "./audit.ts";
import { cacheFolder } from "./cache-folder.ts";
import type { Output } from "./output/output.ts";
import { printable, printableMessage } from "./output/printable.ts";
import { fetchFor, warningTo } from "./registry.ts";

/** A board opened for a command that runs drivers. */
export interface Session extends AsyncDisposable {
  readonly board: OpenBoard;
  readonly clock: Clock;
  /** What the board's simulated displays show now; empty where it simulates none. */
  pictures(): string[];
  /** Where a device is, for people: "bus 1 at 0x76", 'bus "sim" (simulated) at 0x76'. */
  wiringOf(device: string): string;
}

/**
 * Opens a board as every command does: with the simulator if the board has something to simulate, and with
 * denials going to stderr.
 *
 * @throws HostError
 */
export async function openSession(path: string, output: Output): Promise<Session> {
  requireSuspension();
  const audit = new AuditLog(output);
  const simulator = await simulatorFor(path);
  const board = await openBoard(path, {
    ...(simulator && { simulate: simulator.simulate }),
    // One device that is refused must not end the others.
    tolerant: true,
    fetchComponent: fetchFor(path, output),
    prepared: preparedOfUser(warningTo(output)),
    cacheFolders: [cacheFolder()],
    clock: nodeClock,
    onEvent: (event) => {
      if (event.kind === "denied") audit.denied(event);
      if (event.kind === "lifecycle" && event.event === "waiting") tellWaiting(event, output);
    },
  });
  return {
    board,
    clock: nodeClock,
    pictures: () => simulator?.pictures() ?? [],
    wiringOf: (device) => wiringOf(board, device),
    [Symbol.asyncDispose]: () => board[Symbol.asyncDispose](),
  };
}

function tellWaiting({ device, reason = "" }: LifecycleEvent, output: Output): void {
  output.notice(`${device}: ${printableMessage(reason)}.`, { type: "waiting", device, reason });
}

/**
 * The sensors that a command is about. What was refused when the board was opened is among them: asking for it says why.
 *
 * @param names from the command line; empty means all
 * @throws HostError with code "board" when a name is unknown or no sensor, or there is no sensor at all
 */
export function chooseSensors(board: OpenBoard, path: string, names: readonly string[]): readonly string[] {
  const refused = board.refused.filter(({ place }) => place === "devices").map(({ name }) => name);
  const found = board.devices.filter(({ kind }) => kind === "sensor").map(({ name }) => name);
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

/** Most drivers wait, and on WebAssembly that takes JSPI. */
function requireSuspension(): void {
  if (hasSuspension()) return;
  throw new BackendError(
    `Node ${process.version} cannot suspend WebAssembly (JSPI); run busbar with Node 25 or newer.`,
  );
}

/** Whether this Node can suspend WebAssembly (JSPI). */
export function hasSuspension(): boolean {
  return "Suspending" in WebAssembly;
}

/** The simulator, loaded only for a board that needs it, and what its displays show. */
async function simulatorFor(
  path: string,
): Promise<{ simulate: Simulate; pictures: () => string[] } | undefined> {
  if (readBoard(path).simulate.length === 0) return undefined;
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

function wiringOf({ board }: OpenBoard, device: string): string {
  const i2c = board.devices[device]?.i2c;
  if (i2c === undefined) return "no bus";
  const address = `0x${i2c.address.toString(16).padStart(2, "0")}`;
  const simulated = board.simulate.some((entry) => entry.i2c === i2c.bus) ? " (simulated)" : "";
  return `bus ${printable(JSON.stringify(i2c.bus))}${simulated} at ${address}`;
}
