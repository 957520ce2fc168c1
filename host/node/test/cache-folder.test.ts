import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import * as promises from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CacheFolder, cacheKey } from "../src/cache/folder.ts";
import { cacheFolderProblem, safeCacheFolder } from "../src/cache/safe-folder.ts";

vi.mock("node:fs/promises", async (importOriginal) => {
  const original = await importOriginal<typeof promises>();
  return { ...original, writeFile: vi.fn(original.writeFile), rename: vi.fn(original.rename) };
});

let base: string;
let problems: string[];
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "busbar-cache-test-"));
  problems = [];
});
afterEach(() => {
  vi.resetAllMocks();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(base, { recursive: true });
});

const onProblem = (sentence: string) => void problems.push(sentence);
const key = cacheKey("component", "version 1");
const contents = new Uint8Array([1, 2, 3, 4]);

const folder = () => join(base, "busbar", "prepared");
const ofUser = (maximumBytes?: number) =>
  CacheFolder.ofUser("prepared", {
    environment: { XDG_CACHE_HOME: base },
    onProblem,
    ...(maximumBytes !== undefined && { maximumBytes }),
  });

/** No place of the tests is the machine's own temporary folder. */
function temporaryFolder(): string {
  const path = join(base, "tmp");
  mkdirSync(path, { recursive: true });
  vi.stubEnv("TMPDIR", path);
  return path;
}

function failing(code: string): Promise<never> {
  return Promise.reject(Object.assign(new Error(code), { code }));
}

describe("entries", () => {
  test("come back as they were put, in another cache object too; what was not put is not there", async () => {
    expect(await ofUser().get(key)).toBeUndefined();
    expect(existsSync(folder())).toBe(false);
    expect(await ofUser().put(key, contents)).toBeUndefined();
    expect(await ofUser().get(key)).toEqual(contents);
    expect(await ofUser().get(cacheKey("component", "version 2"))).toBeUndefined();
    expect(problems).toEqual([]);
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder())).toEqual([key]);
    expect(statSync(join(folder(), key)).mode & 0o777).toBe(0o600);
  });

  test("of nothing, and of many puts at once", async () => {
    expect(await ofUser().put(key, new Uint8Array(0))).toBeUndefined();
    expect(await ofUser().get(key)).toEqual(new Uint8Array(0));
    await Promise.all(Array.from({ length: 20 }, (_, index) => ofUser().put(key, Uint8Array.of(index))));
    expect((await ofUser().get(key))?.length).toBe(1);
    expect(readdirSync(folder())).toEqual([key]);
  });

  test.each(["", "../etc", "A".repeat(64), `${"a".repeat(64)}\n`])("%j is no key", async (wrong) => {
    await expect(ofUser().get(wrong)).rejects.toThrow(RangeError);
    await expect(ofUser().put(wrong, contents)).rejects.toThrow(RangeError);
  });

  test("keys differ where the parts do", () => {
    expect(cacheKey("ab")).not.toBe(cacheKey("a", "b"));
    expect(cacheKey("1:a")).not.toBe(cacheKey("a"));
    expect(cacheKey(Uint8Array.of(97))).toBe(cacheKey("a"));
  });

  test.each([
    [
      "changed in a byte",
      () => writeFileSync(join(folder(), key), damaged(readFileSync(join(folder(), key)))),
    ],
    ["cut", () => writeFileSync(join(folder(), key), readFileSync(join(folder(), key)).subarray(0, 30))],
    ["empty", () => writeFileSync(join(folder(), key), "")],
    [
      "another's contents",
      () => renameSync(join(folder(), key), join(folder(), cacheKey("other"))),
      cacheKey("other"),
    ],
    ["a file that others can write", () => chmodSync(join(folder(), key), 0o666)],
    [
      "a link to what is whole",
      () => {
        renameSync(join(folder(), key), join(base, "elsewhere"));
        symlinkSync(join(base, "elsewhere"), join(folder(), key));
      },
    ],
  ])("%s: thrown away and told", async (_what, damage, asked = key) => {
    await ofUser().put(key, contents);
    damage();
    const cache = ofUser();
    expect(await cache.get(asked)).toBeUndefined();
    expect(problems).toEqual([
      `the cache entry ${join(folder(), asked)} was damaged or not yours alone; it was deleted, and is made anew.`,
    ]);
    expect(readdirSync(folder())).toEqual([]);
    expect(await cache.put(asked, contents)).toBeUndefined();
    expect(await cache.get(asked)).toEqual(contents);
  });

  test("a folder in the place of an entry is told", async () => {
    mkdirSync(join(folder(), key), { recursive: true });
    chmodSync(join(base, "busbar"), 0o700);
    chmodSync(folder(), 0o700);
    const cache = ofUser();
    expect(await cache.get(key)).toBeUndefined();
    expect(await cache.put(key, contents)).toEqual(problems.at(-1));
    expect(problems[0]).toMatch(/^the cache entry .* cannot be used \(\w+\); delete it\.$/);
    expect(problems[1]).toMatch(/^the cache folder .* cannot be written \(EISDIR\); make room/);
  });

  test("a full disk is told once, keeps what was there, and leaves nothing half written", async () => {
    const cache = ofUser();
    await cache.put(key, contents);
    vi.mocked(promises.writeFile).mockImplementation((path) => {
      writeFileSync(path as string, "half");
      return failing("ENOSPC");
    });
    expect(await cache.put(key, Uint8Array.of(9))).toEqual(problems.at(-1));
    expect(await cache.put(cacheKey("other"), Uint8Array.of(9))).toEqual(problems.at(-1));
    expect(problems).toEqual([
      `the cache folder ${folder()} cannot be written (ENOSPC); make room, or set XDG_CACHE_HOME to a folder that can be written.`,
    ]);
    expect(await cache.get(key)).toEqual(contents);
    expect(readdirSync(folder())).toEqual([key]);
  });

  test("what fails at the last step leaves nothing behind", async () => {
    const cache = ofUser();
    vi.mocked(promises.rename).mockImplementation(() => failing("EIO"));
    expect(await cache.put(key, contents)).toEqual(problems.at(-1));
    expect(readdirSync(folder())).toEqual([]);
  });

  test("are on the disk before they get their name", async () => {
    await ofUser().put(key, contents);
    const [, , options] = vi.mocked(promises.writeFile).mock.lastCall!;
    expect(options).toMatchObject({ flush: true, flag: "wx" });
  });
});

describe("clean-up", () => {
  const [a, b, c] = [cacheKey("a"), cacheKey("b"), cacheKey("c")];
  const used = (name: string, seconds: number) => utimesSync(join(folder(), name), seconds, seconds);

  test("what was not used for longest goes first, and no more than has to", async () => {
    const cache = ofUser(3 * 1000);
    for (const each of [a, b]) await cache.put(each, new Uint8Array(900));
    used(a, 1000);
    used(b, 2000);
    // Being read makes it the newest.
    expect(await cache.get(a)).toHaveLength(900);
    await cache.put(c, new Uint8Array(1500));
    expect(readdirSync(folder()).sort()).toEqual([a, c].sort());
    expect(problems).toEqual([]);
  });

  test("the newest stays, whatever the clock says", async () => {
    const cache = ofUser(1000);
    await cache.put(a, new Uint8Array(900));
    used(a, 4_000_000_000);
    await cache.put(b, new Uint8Array(900));
    expect(readdirSync(folder())).toEqual([b]);
  });

  test("what is larger than all is told and not kept", async () => {
    expect(await ofUser(1000).put(a, new Uint8Array(1000))).toEqual(problems.at(-1));
    expect(problems).toEqual([
      `the cache folder ${folder()} keeps nothing of more than 1000 bytes, and this has 1000.`,
    ]);
  });

  test("files of a process that was killed go after an hour; what is not the cache's stays", async () => {
    const cache = ofUser();
    await cache.put(a, contents);
    const [old, young] = ["1", "2"].map((digit) => `.${digit.repeat(8)}-0000-0000-0000-000000000000.tmp`);
    for (const name of [old!, young!, "README"]) writeFileSync(join(folder(), name), "");
    used(old!, 1000);
    used("README", 1000);
    await cache.put(b, contents);
    expect(readdirSync(folder()).sort()).toEqual([a, b, young!, "README"].sort());
  });
});

describe("places", () => {
  test("HOME where there is no XDG_CACHE_HOME, or it is not absolute", async () => {
    const environment = { HOME: base, XDG_CACHE_HOME: "cache" };
    expect(await CacheFolder.ofUser("plans", { environment, onProblem }).put(key, contents)).toBeUndefined();
    expect(readdirSync(join(base, ".cache/busbar/plans"))).toEqual([key]);
    expect(problems).toEqual([]);
  });

  test.each([
    ["nothing", {}, "there is no home folder"],
    ["a file in the way", { XDG_CACHE_HOME: "/dev/null" }, "/dev/null/busbar cannot be used (ENOTDIR)"],
  ])("%s: the temporary folder, with a line", async (_what, environment, why) => {
    const temporary = join(temporaryFolder(), `busbar-cache-${process.geteuid?.()}`, "plans");
    const options = { environment: { HOME: "", ...environment }, onProblem };
    const cache = CacheFolder.ofUser("plans", options);
    expect(await cache.get(key)).toBeUndefined();
    expect(problems).toEqual([]);
    expect(await cache.put(key, contents)).toBeUndefined();
    expect(problems).toEqual([
      `${why}: the cache is in ${temporary} until this machine is restarted; set XDG_CACHE_HOME to a folder that only you can write.`,
    ]);
    expect(await CacheFolder.ofUser("plans", options).get(key)).toEqual(contents);
    expect(readdirSync(temporary)).toEqual([key]);
  });

  test("no place at all: one line, and nothing is kept", async () => {
    writeFileSync(join(temporaryFolder(), `busbar-cache-${process.geteuid?.()}`), "");
    const cache = CacheFolder.ofUser("plans", { environment: { XDG_CACHE_HOME: "/dev/null" }, onProblem });
    expect(await cache.put(key, contents)).toEqual(problems.at(-1));
    expect(await cache.put(key, contents)).toEqual(problems.at(-1));
    expect(await cache.get(key)).toBeUndefined();
    expect(problems).toEqual([
      "/dev/null/busbar cannot be used (ENOTDIR): nothing is kept in a cache; set XDG_CACHE_HOME to a folder that only you can write.",
    ]);
  });

  const makeUnsafe: readonly [what: string, unsafe: (path: string) => void, problem: string][] = [
    [
      "others can write to it",
      (path) => chmodSync(path, 0o777),
      'can be written by others, which "chmod go-w" ends',
    ],
    ["its group can", (path) => chmodSync(path, 0o770), 'can be written by others, which "chmod go-w" ends'],
    [
      "it is a link",
      (path) => {
        renameSync(path, join(base, "elsewhere"));
        symlinkSync(join(base, "elsewhere"), path);
      },
      "is a symbolic link",
    ],
    [
      "it belongs to somebody else",
      () => vi.spyOn(process, "geteuid").mockReturnValue(4711),
      "belongs to user",
    ],
  ];
  test.each(
    makeUnsafe.flatMap(([what, unsafe, problem]) =>
      [folder, () => join(base, "busbar")].map((path) => [what, path, unsafe, problem] as const),
    ),
  )("%s: nothing is taken from it or put there", async (_what, path, unsafe, problem) => {
    const cache = CacheFolder.ofUser("prepared", { environment: { XDG_CACHE_HOME: base }, onProblem });
    writeFileSync(join(temporaryFolder(), `busbar-cache-${process.geteuid?.()}`), "");
    writeFileSync(join(base, "tmp/busbar-cache-4711"), "");
    await cache.put(key, contents);
    unsafe(path());
    const other = ofUser();
    expect(await other.get(key)).toBeUndefined();
    expect(await other.put(cacheKey("other"), contents)).toEqual(problems.at(-1));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
    expect(readdirSync(folder())).toEqual([key]);
    expect(safeCacheFolder("prepared", { XDG_CACHE_HOME: base })).toBeUndefined();
    expect(cacheFolderProblem("prepared", { XDG_CACHE_HOME: base })).toContain(problem);
  });

  test("a folder for what keeps its files by itself is made, and only where it is safe", () => {
    expect(safeCacheFolder("prepared", { XDG_CACHE_HOME: base })).toBe(folder());
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    expect(safeCacheFolder("prepared", { XDG_CACHE_HOME: "/dev/null" })).toBeUndefined();
    expect(safeCacheFolder("prepared", { HOME: "" })).toBeUndefined();
    expect(cacheFolderProblem("prepared", { XDG_CACHE_HOME: base })).toBeUndefined();
    expect(cacheFolderProblem("prepared", { HOME: "" })).toBe("there is no home folder");
  });
});

function damaged(bytes: Buffer): Buffer {
  bytes[bytes.length - 1]! ^= 1;
  return bytes;
}
