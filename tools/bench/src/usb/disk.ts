import type { BlockDevice } from "@busbar/host";
import { alternate, type Cost } from "../measure.ts";
import type { PlainDisk } from "./plain-disk.ts";

const KIB = 1024;

/** Sizes of one read or write, in KiB. */
const sizes = [4, 64, 512, 1024] as const;

/** Transfers of a command with data: command, data, status. */
const transfersOfCommand = 3;

/** The same disk, or one just like it, in two ways. */
export interface DiskPair {
  readonly component: BlockDevice;
  readonly plain: PlainDisk;
  /** How many commands the component's driver keeps in flight in a sequence: its setting "queue". */
  readonly queue: number;
}

/** How much is done. */
export interface DiskEffort {
  /** Bytes of one pass over the disk; the disk has at least as many. */
  readonly passBytes: number;
  readonly rounds: number;
  /** Commands of one pass of small things. */
  readonly commands: number;
}

/** One line of the result. */
export interface DiskRow {
  readonly what: string;
  readonly component: Cost;
  readonly plain: Cost;
  /** Bytes that one repetition moves; 0 where it moves none. */
  readonly bytes: number;
  /** Transfers of one repetition. */
  readonly transfers: number;
}

/** Sequential reads and writes, random reads, and TEST UNIT READY. */
export async function diskRows(pair: DiskPair, effort: DiskEffort): Promise<DiskRow[]> {
  const rows: DiskRow[] = [];
  for (const kib of sizes) rows.push(await sequentialRead(pair, kib, effort));
  for (const kib of sizes) rows.push(await sequentialWrite(pair, kib, effort));
  rows.push(await randomRead(pair, effort), await unitReady(pair, effort));
  return rows;
}

/** One row of sequential reads. */
export async function sequentialRead(pair: DiskPair, kib: number, effort: DiskEffort): Promise<DiskRow> {
  const { component, plain, queue } = pair;
  const piece = kib * KIB;
  const bytes = wholePieces(effort, piece);
  const { blockSize } = await component.info();
  const costs = await alternate(
    {
      component: async () => {
        for (let done = 0; done < bytes; done += piece) {
          await component.read(done / blockSize, piece / blockSize);
        }
      },
      plain: () => plain.readSequence(bytes, piece, queue),
    },
    effort.rounds,
    1,
  );
  return {
    what: `sequential read, ${kib} KiB`,
    ...costs,
    bytes,
    transfers: (bytes / piece) * transfersOfCommand,
  };
}

async function sequentialWrite({ component, plain }: DiskPair, kib: number, effort: DiskEffort) {
  const data = new Uint8Array(kib * KIB).fill(0x5a);
  const bytes = wholePieces(effort, data.length);
  const { blockSize } = await component.info();
  const costs = await alternate(
    {
      component: async () => {
        for (let done = 0; done < bytes; done += data.length) await component.write(done / blockSize, data);
      },
      plain: () => plain.writeSequence(bytes, data),
    },
    effort.rounds,
    1,
  );
  const transfers = (bytes / data.length) * transfersOfCommand;
  return { what: `sequential write, ${kib} KiB`, ...costs, bytes, transfers };
}

async function randomRead({ component, plain }: DiskPair, effort: DiskEffort): Promise<DiskRow> {
  const piece = 4 * KIB;
  const { blockSize } = await component.info();
  // Steps of a prime number of pieces never follow one another.
  const offsets = Array.from(
    { length: effort.commands },
    (_, index) => ((index * 7919) % (effort.passBytes / piece)) * piece,
  );
  const costs = await alternate(
    {
      component: async () => {
        for (const offset of offsets) await component.read(offset / blockSize, piece / blockSize);
      },
      plain: () => plain.readAt(offsets, piece),
    },
    effort.rounds,
    1,
  );
  const bytes = offsets.length * piece;
  return { what: "random read, 4 KiB", ...costs, bytes, transfers: offsets.length * transfersOfCommand };
}

/** The driver asks a removable medium whether it is still there each time it is asked which one it is. */
async function unitReady({ component, plain }: DiskPair, effort: DiskEffort): Promise<DiskRow> {
  const many = async (ready: () => Promise<unknown>) => {
    for (let count = 0; count < effort.commands; count += 1) await ready();
  };
  const costs = await alternate(
    { component: () => many(() => component.info()), plain: () => many(() => plain.ready()) },
    effort.rounds,
    1,
  );
  return { what: "TEST UNIT READY", ...costs, bytes: 0, transfers: effort.commands * 2 };
}

function wholePieces({ passBytes }: DiskEffort, piece: number): number {
  return Math.max(Math.floor(passBytes / piece), 1) * piece;
}
