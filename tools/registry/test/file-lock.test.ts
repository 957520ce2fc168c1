import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { clearStale, type FileLockOptions, withFileLock } from "../src/file-lock.ts";
import { LockFile, lockFileName } from "../src/lock.ts";
import { digestOf } from "../src/manifest.ts";
import { parseReference } from "../src/reference.ts";
import { TemporaryFolder } from "./support/folder.ts";

let folder: TemporaryFolder;
/** What is locked, and the lock. */
let file: string;
let lock: string;
/** Time that passes only where one waits. */
let now: number;
let options: FileLockOptions;

beforeEach(() => {
  folder = new TemporaryFolder();
  file = join(folder.path, lockFileName);
  lock = join(folder.path, `.${lockFileName}.lock`);
  now = 0;
  options = {
    now: () => now,
    sleep: async () => {
      now += 1000;
      await new Promise(setImmediate);
    },
  };
});
afterEach(() => folder[Symbol.dispose]());

const reference = parseReference("oci://x/mine:1.0.0");
const digest = digestOf(new Uint8Array(0));
const pins = () => Object.keys(JSON.parse(readFileSync(file, "utf8")).components).sort();

function startPinner(...args: readonly string[]): ChildProcess {
  const script = join(import.meta.dirname, "support/pinner.ts");
  return spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
}

/** A process that was killed while it held the lock; what it left. */
async function killHolder(): Promise<string> {
  const holder = startPinner("hold", folder.path);
  await once(holder.stdout!, "data");
  holder.kill("SIGKILL");
  await once(holder, "exit");
  return readFileSync(lock, "utf8");
}

test("four processes at once lose none of their pins", async () => {
  const names = ["a", "b", "c", "d"];
  const ends = names.map((name) => once(startPinner("pin", folder.path, name, "25"), "exit"));
  for (const [code] of await Promise.all(ends)) expect(code).toBe(0);
  const expected = names.flatMap((name) =>
    Array.from({ length: 25 }, (_, index) => `oci://x/${name}:1.0.${index}`),
  );
  expect(pins()).toEqual(expected.sort());
  expect(readdirSync(folder.path)).toEqual([lockFileName]);
});

test("one process loses none either, nor does one operation see another", async () => {
  let inside = 0;
  await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      withFileLock(file, async () => {
        inside += 1;
        expect(inside).toBe(1);
        await new Promise(setImmediate);
        inside -= 1;
        return index;
      }),
    ),
  );
  const locks = Array.from({ length: 10 }, () => new LockFile(folder.path));
  await Promise.all(locks.map((each, index) => each.pin(parseReference(`oci://x/a:1.0.${index}`), digest)));
  expect(pins()).toHaveLength(10);
});

test("what fails inside leaves no lock", async () => {
  const failing = withFileLock(file, () => Promise.reject(new Error("inside")));
  await expect(failing).rejects.toThrow("inside");
  expect(folder.files).toEqual([]);
});

describe("a lock that nobody holds is cleared", () => {
  test("of a process that was killed, at once", async () => {
    await killHolder();
    await withFileLock(file, async () => expect(folder.files).toEqual([`.${lockFileName}.lock`]), options);
    expect(now).toBe(0);
    expect(folder.files).toEqual([]);
  });

  test("of a process whose number was given to another since", async (context) => {
    context.skip(process.platform !== "linux", "only Linux tells when a process was started");
    const left = JSON.parse(await killHolder());
    writeFileSync(lock, JSON.stringify({ ...left, pid: process.pid }));
    await withFileLock(file, async () => undefined, options);
    expect(now).toBe(0);
  });

  test.each([
    ["of another machine", JSON.stringify({ pid: 1, started: "1", machine: "another", token: "x" })],
    ["without an owner, for its process was killed in between", ""],
    ["of something else", '{"pid":-1}'],
  ])("%s, after it was seen unchanged for seconds", async (_what, text) => {
    writeFileSync(lock, text);
    await withFileLock(file, async () => undefined, options);
    expect(now).toBeGreaterThan(5000);
    expect(now).toBeLessThan(10_000);
    expect(folder.files).toEqual([]);
  });

  test("by one of two that found it: the other does not delete the lock that was taken since", async () => {
    const left = await killHolder();
    expect(clearStale(lock, left)).toBe(true);
    writeFileSync(lock, "taken since");
    expect(clearStale(lock, left)).toBe(false);
    expect(readFileSync(lock, "utf8")).toBe("taken since");
    expect(clearStale(lock, "taken since")).toBe(true);
    expect(folder.files).toEqual([]);
  });

  test("also where the one who cleared it was killed at that", async () => {
    await killHolder();
    writeFileSync(`${lock}.clearing`, "");
    utimesSync(`${lock}.clearing`, 1000, 1000);
    await withFileLock(file, async () => undefined, options);
    expect(folder.files).toEqual([]);
  });

  test("but not while somebody else clears it", async () => {
    const left = await killHolder();
    writeFileSync(`${lock}.clearing`, "");
    await expect(withFileLock(file, async () => undefined, options)).rejects.toThrow(/is being written by/);
    expect(readFileSync(lock, "utf8")).toBe(left);
  });
});

test("a lock of a process that lives is waited for, and then named", async () => {
  const holder = startPinner("hold", folder.path);
  try {
    await once(holder.stdout!, "data");
    const text = readFileSync(lock, "utf8");
    await expect(withFileLock(file, async () => undefined, options)).rejects.toThrow(
      `${file} is being written by process ${holder.pid} for more than 15 s; end that, or delete ${lock} where there is none.`,
    );
    expect(readFileSync(lock, "utf8")).toBe(text);
    // It goes on as soon as the lock is gone.
    const waiting = withFileLock(file, async () => "done", {
      sleep: async () => rmSync(lock, { force: true }),
    });
    expect(await waiting).toBe("done");
  } finally {
    holder.kill("SIGKILL");
    await once(holder, "exit");
  }
});

test("who was stopped for so long that another took over does not write", async () => {
  const writing = withFileLock(file, async (requireHeld) => {
    writeFileSync(lock, "another's");
    requireHeld();
  });
  await expect(writing).rejects.toThrow(`${file} was taken over by another process`);
  expect(readFileSync(lock, "utf8")).toBe("another's");
});

test("a folder that cannot be written is said by the system", async () => {
  await expect(withFileLock(join(folder.path, "missing/x"), async () => undefined)).rejects.toThrow("ENOENT");
  expect(() => new LockFile(folder.path).pinned(reference)).not.toThrow();
});
