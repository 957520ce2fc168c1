/** Who may write a file now: one process at a time, and a holder that died is cleared. */

import { randomUUID } from "node:crypto";
import { closeSync, openSync, readFileSync, readlinkSync, rmSync, statSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as v from "valibot";
import { RegistryError } from "./error.ts";

/** Time, for those who cannot wait. */
export interface FileLockOptions {
  /** Milliseconds, from any zero. */
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
}

/** Who holds a lock, as the lock's file has it. */
const ownerSchema = v.object({
  pid: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  /** When the process was started, in the system's own words: a number is given to another process later. */
  started: v.string(),
  /** Where the number means something: one start of one machine, and one space of process numbers. */
  machine: v.string(),
  /** One for each time that a lock is taken. */
  token: v.string(),
});

type Owner = v.InferOutput<typeof ownerSchema>;

/** How long one waits for a holder that lives. It needs milliseconds. */
const patienceMs = 15_000;

/** How long a lock must have been seen unchanged whose holder nobody here can look for: on another machine, or unnamed. */
const strangerMs = 5000;

/**
 * Does something while no other process that asks for the same lock does.
 *
 * @param path the file that is written; the lock is beside it, `.NAME.lock`, and is gone afterwards
 * @param operation is given a check that throws where the lock was lost, because this process was stopped for so long that
 *   it was taken for dead; to be called directly before what must not be done twice
 * @throws RegistryError with reason "local" when another process does not let go of it; what the system says where the lock
 *   cannot be made (EACCES, ENOSPC)
 */
export async function withFileLock<Result>(
  path: string,
  operation: (requireHeld: () => void) => Promise<Result>,
  { now = () => performance.now(), sleep = (ms) => wait(ms) }: FileLockOptions = {},
): Promise<Result> {
  const lock = join(dirname(path), `.${basename(path)}.lock`);
  const mine = JSON.stringify({ ...identityOf(process.pid), token: randomUUID() });
  const since = now();
  let seen: { readonly text: string | undefined; readonly at: number } = { text: undefined, at: since };
  while (!tryTake(lock, mine)) {
    const text = readText(lock);
    if (text !== seen.text) seen = { text, at: now() };
    const owner = parseOwner(text);
    const isStale = isHere(owner) ? !isAlive(owner) : now() - seen.at > strangerMs;
    if (text !== undefined && isStale && clearStale(lock, text)) continue;
    if (now() - since > patienceMs) throw held(path, lock, owner);
    // Not all at the same moment again.
    await sleep(5 + Math.random() * 20);
  }
  try {
    return await operation(() => {
      if (readText(lock) !== mine) throw lost(path);
    });
  } finally {
    if (readText(lock) === mine) rmSync(lock, { force: true });
  }
}

function tryTake(lock: string, mine: string): boolean {
  let file: number;
  try {
    file = openSync(lock, "wx");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  try {
    writeSync(file, mine);
    return true;
  } catch (error) {
    // A full disk: a lock that does not say whose it is would hold up all others.
    rmSync(lock, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/**
 * Takes away a lock that nobody holds. Two that find the same one must not both delete: the second would delete the lock
 * that the first has taken since. So it is looked at again by the one who has the right to clear.
 *
 * @param lock the lock's path
 * @param stale what it had in it when it was found that nobody holds it
 * @returns whether it is gone
 */
export function clearStale(lock: string, stale: string): boolean {
  const right = `${lock}.clearing`;
  try {
    closeSync(openSync(right, "wx"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    // Its holder died in the microseconds for which it is there.
    const age = Date.now() - (statSync(right, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (Math.abs(age) > strangerMs) rmSync(right, { force: true });
    return false;
  }
  try {
    if (readText(lock) !== stale) return false;
    rmSync(lock, { force: true });
    return true;
  } finally {
    rmSync(right, { force: true });
  }
}

function readText(lock: string): string | undefined {
  try {
    return readFileSync(lock, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function parseOwner(text: string | undefined): Owner | undefined {
  try {
    const parsed = v.safeParse(ownerSchema, JSON.parse(text ?? ""));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

function isHere(owner: Owner | undefined): owner is Owner {
  return owner?.machine === machine();
}

function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM is somebody else's process, which lives.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const found = processOf(pid);
  return found === undefined || (found.state !== "Z" && found.started === started);
}

function identityOf(pid: number): Pick<Owner, "pid" | "started" | "machine"> {
  return { pid, started: processOf(pid)?.started ?? "", machine: machine() };
}

/** proc(5), /proc/pid/stat: fields 3 (state) and 22 (starttime); undefined where there is no such file. */
function processOf(pid: number): { readonly state: string; readonly started: string } | undefined {
  const text = readSystem(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets, which may have spaces and brackets in it.
  const [state, ...fields] = text?.slice(text.lastIndexOf(")") + 2).split(" ") ?? [];
  const started = fields[18];
  return state === undefined || started === undefined ? undefined : { state, started };
}

function machine(): string {
  const boot = readSystem("/proc/sys/kernel/random/boot_id")?.trim() ?? hostname();
  try {
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return boot;
  }
}

function readSystem(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function held(path: string, lock: string, owner: Owner | undefined): RegistryError {
  const who = isHere(owner) ? `process ${owner.pid}` : "a process of another machine";
  return new RegistryError(
    "local",
    `${path} is being written by ${who} for more than ${patienceMs / 1000} s; end that, or delete ${lock} where there is none.`,
  );
}

function lost(path: string): RegistryError {
  return new RegistryError(
    "local",
    `${path} was taken over by another process, because this one was stopped for long; run the command again.`,
  );
}
