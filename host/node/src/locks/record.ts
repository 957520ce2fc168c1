import { basename } from "node:path";
import type { LockSystem } from "./system.ts";

/** A kernel driver that was taken away from an interface, and is to come back. */
export interface DetachedDriver {
  /** "usbhid". */
  readonly driver: string;
  readonly busNumber: number;
  /** A device that was plugged in anew has another one, and the kernel has given it its driver by itself. */
  readonly deviceAddress: number;
  readonly configuration: number;
}

/** What a lock's file says of the process that has it, for whoever comes second, and for whoever comes after it. */
export interface LockRecord {
  readonly pid: number;
  /** When the process started, in the kernel's ticks: another process can get the same pid. */
  readonly started: string;
  /** "busbar run board.json". */
  readonly command: string;
  /** The device's name in the board. */
  readonly device?: string;
  /** The board file's path. */
  readonly board?: string;
  readonly detached?: DetachedDriver;
}

/** A record is far shorter; anybody can have made the file. */
export const LONGEST_RECORD = 4096;
const LONGEST_TEXT = 400;

/** Whom a lock is taken for. */
export interface LockUse {
  /** The device's name in the board. */
  readonly device?: string;
  /** The path of the board file, for whoever finds the device in use. */
  readonly board?: string;
}

/** Whose board the devices are taken for, where that is a file. */
export type LockOwner = Pick<LockUse, "board">;

/** The record of this process. */
export function ownRecord({ device, board }: LockUse, system: LockSystem): LockRecord {
  const [, script, ...parameters] = process.argv;
  const command = [basename(script ?? process.execPath), ...parameters].join(" ");
  return {
    pid: process.pid,
    started: startOf(process.pid, system) ?? "",
    command: clean(command),
    ...(device !== undefined && { device }),
    ...(board !== undefined && { board: clean(board) }),
  };
}

/** Reads a record; undefined where the file says something else. It may be anybody's: nothing of it is believed. */
export function parseRecord(text: string): LockRecord | undefined {
  let json: Partial<Record<keyof LockRecord, unknown>> | null;
  try {
    json = JSON.parse(text) as typeof json;
  } catch {
    return undefined;
  }
  if (typeof json !== "object" || json === null) return undefined;
  const { pid, started, command, device, board } = json;
  if (!isNatural(pid) || typeof started !== "string" || typeof command !== "string") return undefined;
  const detached = parseDetached(json.detached);
  return {
    pid,
    started,
    command: clean(command),
    ...(typeof device === "string" && { device: clean(device) }),
    ...(typeof board === "string" && { board: clean(board) }),
    ...(detached && { detached }),
  };
}

function parseDetached(json: unknown): DetachedDriver | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const { driver, busNumber, deviceAddress, configuration } = json as Partial<
    Record<keyof DetachedDriver, unknown>
  >;
  // It becomes a part of a path.
  if (typeof driver !== "string" || !/^[\w-]{1,64}$/.test(driver)) return undefined;
  if (!isNatural(busNumber) || !isNatural(deviceAddress) || !isNatural(configuration)) return undefined;
  return { driver, busNumber, deviceAddress, configuration };
}

function isNatural(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Whether the process of a record is still the one that wrote it. */
export function isAlive({ pid, started }: LockRecord, system: LockSystem): boolean {
  return started !== "" && startOf(pid, system) === started;
}

/** Field 22 of /proc/PID/stat, proc(5); the second one can have spaces and brackets in it. */
function startOf(pid: number, { read }: LockSystem): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

/** The holder as people need it: "process 17 (busbar run b.json), as "indoor" of /home/me/b.json". */
export function describeRecord({ pid, command, device, board }: LockRecord): string {
  const as = device === undefined ? "" : `, as "${device}"${board === undefined ? "" : ` of ${board}`}`;
  return `process ${pid} (${command})${as}`;
}

/** Of a process of which only the number is known. */
export function describeProcess(pid: number, { read }: LockSystem): string {
  const words = (read(`/proc/${pid}/cmdline`) ?? "").split("\0").filter((word) => word !== "");
  const command = clean(words.join(" "));
  return command === "" ? `process ${pid}` : `process ${pid} (${command})`;
}

/** No control character and no sign that changes the direction of writing, and not long. */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, "?").slice(0, LONGEST_TEXT);
}
