/** The file in which runs that complain keep what their devices needed, until `busbar grants` makes entries of it. */

import { readFileSync } from "node:fs";
import { HostError, type OpenBoard } from "@busbar/host";
import { type DeviceUse, mergeUse, parseUses } from "@busbar/host/grants";
import { UsageError } from "./exit-codes.ts";
import { writeOutputFile } from "./output-file.ts";

/** What was recorded, by the devices' names. */
export type Uses = ReadonlyMap<string, DeviceUse>;

/** So often it is written; at the end of the run in any case. */
const everyMs = 60_000;

/**
 * Reads a record.
 *
 * @returns undefined where there is none yet
 * @throws HostError with code "board"
 */
export function readUses(path: string): Uses | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new HostError("board", `the record ${path} cannot be read (${code}).`, { cause });
  }
  return parseUses(text, `the record ${path}`);
}

/** What all runs together needed. */
export function mergeUses(one: Uses, other: Uses): Uses {
  const merged = new Map(one);
  for (const [device, use] of other) {
    const before = merged.get(device);
    merged.set(device, before === undefined ? use : mergeUse(before, use));
  }
  return merged;
}

/** A record that is being kept. */
export interface KeptRecord extends AsyncDisposable {
  /** Takes what there is now: devices are about to be replaced, and begin anew. */
  take(): void;
}

/**
 * Keeps a record of a board, beside what earlier runs left there; undefined where no file is named.
 *
 * @throws UsageError where every entry is enforced, or it cannot be written; HostError where what is there is no record
 */
export async function keepRecord(
  path: string | undefined,
  board: OpenBoard,
): Promise<KeptRecord | undefined> {
  if (path === undefined) return undefined;
  if (board.uses.size === 0) {
    throw new UsageError('--record is for complain mode; add --complain, or "enforce": false to a device.');
  }
  let uses = readUses(path) ?? new Map<string, DeviceUse>();
  const take = () => {
    uses = mergeUses(uses, board.uses);
  };
  const write = async () => {
    take();
    const text = `${JSON.stringify({ busbar: "uses", devices: Object.fromEntries(uses) }, null, 2)}\n`;
    await writeOutputFile(path, new TextEncoder().encode(text), "--record");
  };
  // Known at once, not after a day.
  await write();
  const timer = setInterval(() => void write().catch(() => undefined), everyMs).unref();
  return {
    take,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await write();
    },
  };
}
