/**
 * Whether the addresses that a process may have are enough for a board.
 *
 * V8 reserves 8 GiB of addresses for each WebAssembly memory, so that an access outside of it traps by itself; with
 * --disable-wasm-trap-handler it checks each access instead, and reserves what the memory may grow to. It takes the flag only
 * from node's command line and NODE_OPTIONS.
 */

import { readFileSync } from "node:fs";
import { BackendError } from "@busbar/host/backend";

/** The flag of Node without which each memory reserves 8 GiB. */
export const trapHandlerFlag = "--disable-wasm-trap-handler";

const KIB = 1024;
const GIB = 1024 ** 3;

/** What V8 reserves for a memory and its guard regions (8 GiB and a little more; measured as 8.3). */
const reservedWithTrapHandler = 8.5 * GIB;

/** What the process itself may still take: its heap, stacks, threads. */
const reserve = GIB;

/** No 64-bit processor that Linux runs on gives a process fewer addresses (RISC-V's Sv39). */
const leastAddressBits = 38;

/** What is asked of the process; a test gives its own. */
export interface AddressSystem {
  /** Whether V8 runs without its trap handler. */
  readonly withoutTrapHandler: boolean;
  /** A file of /proc/self; undefined where there is none. */
  read(name: "limits" | "status" | "maps"): string | undefined;
}

/** What the components of a board take. */
export interface MemoryNeed {
  /** How many memories an instance has. */
  readonly memories: number;
  /** What each of them may grow to, in MiB. */
  readonly memoryMiB: number;
}

/** A board needs more addresses than its process may have. */
export class AddressSpaceError extends BackendError {
  /** Whether the same board fits in a process with {@link trapHandlerFlag}. */
  readonly flagHelps: boolean;

  constructor(message: string, flagHelps: boolean) {
    super(message);
    this.flagHelps = flagHelps;
  }
}

/**
 * Refuses a board whose components cannot all get their memories.
 *
 * @param needs of all components that may run at once
 * @throws AddressSpaceError that says which flag to start node with, or which limit to raise
 */
export function requireAddressSpace(needs: readonly MemoryNeed[], system: AddressSystem = thisProcess): void {
  const lean = needs.reduce((sum, { memories, memoryMiB }) => sum + memories * memoryMiB * KIB * KIB, 0);
  const memories = needs.reduce((sum, each) => sum + each.memories, 0);
  const needed = (system.withoutTrapHandler ? lean : memories * reservedWithTrapHandler) + reserve;
  const space = spaceOf(needed, system);
  if (space === undefined) return;
  const left = space.bytes - usedBy(system);
  if (needed <= left) return;
  const flagHelps = !system.withoutTrapHandler && lean + reserve <= left;
  const least = flagHelps || system.withoutTrapHandler ? "" : `, even with ${trapHandlerFlag},`;
  const what =
    `the components of this board need ${gib(flagHelps ? needed : lean + reserve)} GiB of addresses${least} beside what ` +
    `node has, and ${space.what} leaves ${gib(Math.max(0, left))} GiB`;
  const how = flagHelps
    ? `start node with ${trapHandlerFlag}, on its command line or in NODE_OPTIONS`
    : `${space.raise}, lower "memoryMiB" in "limits" of its devices, or share them out over several processes`;
  throw new AddressSpaceError(`${what}; ${how}.`, flagHelps);
}

const thisProcess: AddressSystem = {
  get withoutTrapHandler() {
    const options = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? "").split(/\s+/)];
    return options.some((option) => option.replaceAll("_", "-") === trapHandlerFlag);
  },
  read(name) {
    try {
      return readFileSync(`/proc/self/${name}`, "utf8");
    } catch {
      return undefined;
    }
  },
};

/** The least of what bounds the process; undefined where nothing is known, or it is surely more than what is needed. */
function spaceOf(
  needed: number,
  system: AddressSystem,
): { readonly bytes: number; readonly what: string; readonly raise: string } | undefined {
  // man 5 proc: name, soft limit, hard limit, units.
  const soft = /^Max address space +(\d+) /m.exec(system.read("limits") ?? "")?.[1];
  const limit = soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  const width = needed < 2 ** (leastAddressBits - 1) ? Number.POSITIVE_INFINITY : widthOf(system);
  if (limit <= width) {
    if (limit === Number.POSITIVE_INFINITY) return undefined;
    const raise = 'raise the limit ("ulimit -v", LimitAS= of a systemd unit)';
    return { bytes: limit, what: "its limit of addresses (RLIMIT_AS)", raise };
  }
  return { bytes: width, what: "this kernel", raise: "use a kernel with wider addresses" };
}

/** The highest mapping, the stack, is at the end of what a process can have; the kernel's own page is above it. */
function widthOf(system: AddressSystem): number {
  const ends = [...(system.read("maps") ?? "").matchAll(/^[0-9a-f]+-([0-9a-f]+) (?!.*\[vsyscall\])/gm)];
  const highest = Math.max(0, ...ends.map(([, end]) => Number.parseInt(end!, 16)));
  return highest === 0 ? Number.POSITIVE_INFINITY : 2 ** Math.ceil(Math.log2(highest));
}

/** man 5 proc, VmSize: in KiB, all addresses that are taken. */
function usedBy(system: AddressSystem): number {
  return Number(/^VmSize:\s+(\d+) kB$/m.exec(system.read("status") ?? "")?.[1] ?? 0) * KIB;
}

function gib(bytes: number): string {
  return (bytes / GIB).toFixed(bytes < 10 * GIB ? 1 : 0);
}
