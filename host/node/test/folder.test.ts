/** A real folder, with everything around it and in it that must stay out of reach. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Folder } from "@busbar/host/backend";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openFolder } from "../src/folder.ts";

let around: string;
let folder: Folder;

beforeEach(() => {
  around = mkdtempSync(join(tmpdir(), "busbar-folder-"));
  mkdirSync(join(around, "secret"));
  writeFileSync(join(around, "secret", "key"), "secret");
  folder = openFolder(join(around, "out"), { write: true });
});
afterEach(() => {
  folder.close();
  rmSync(around, { recursive: true });
});

const isNew = { read: false, write: true, create: "new", truncate: false } as const;
const anyway = { read: false, write: true, create: "if-missing", truncate: true } as const;

function codeOf(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return (error as { payload?: unknown }).payload;
  }
  return "done";
}

test("makes folders and files, and says what is there", () => {
  folder.createDirectory(["photos"]);
  const file = folder.openFile(["photos", "a.jpg"], isNew);
  expect(file.write(Uint8Array.of(1, 2, 3), 0)).toBe(3);
  expect(file.write(Uint8Array.of(4), 3)).toBe(1);
  file.sync();
  expect(file.stat()).toMatchObject({ type: "regular-file", size: 4 });
  file.close();
  file.close();
  expect(codeOf(() => file.write(Uint8Array.of(1), 0))).toBe("io");
  expect([...readFileSync(join(around, "out/photos/a.jpg"))]).toEqual([1, 2, 3, 4]);
  expect(statSync(join(around, "out/photos/a.jpg")).mode & 0o111).toBe(0);
  expect(folder.stat([]).type).toBe("directory");
  expect(folder.stat(["photos"]).type).toBe("directory");
  expect(folder.stat(["photos", "a.jpg"])).toMatchObject({ type: "regular-file", size: 4 });
});

test("never overwrites what it should make, and says what is in the way", () => {
  writeFileSync(join(around, "out", "here"), "old");
  expect(codeOf(() => folder.openFile(["here"], isNew))).toBe("exist");
  expect(codeOf(() => folder.createDirectory(["here"]))).toBe("exist");
  expect(codeOf(() => folder.openFile(["here", "x"], isNew))).toBe("not-directory");
  expect(codeOf(() => folder.openFile(["nowhere", "x"], isNew))).toBe("no-entry");
  expect(codeOf(() => folder.stat(["nothing"]))).toBe("no-entry");
  expect(codeOf(() => folder.openFile(["a".repeat(300)], isNew))).toBe("name-too-long");
  expect(readFileSync(join(around, "out", "here"), "utf8")).toBe("old");
  folder.openFile(["here"], anyway).close();
  expect(readFileSync(join(around, "out", "here"), "utf8")).toBe("");
});

describe("links", () => {
  beforeEach(() => {
    symlinkSync("../secret", join(around, "out", "folder"));
    symlinkSync("../secret/key", join(around, "out", "file"));
    symlinkSync("../secret/new", join(around, "out", "dangling"));
    mkdirSync(join(around, "out", "deep"));
    symlinkSync("/", join(around, "out", "deep", "root"));
  });

  test("are followed nowhere", () => {
    for (const options of [isNew, anyway, { ...anyway, create: "never" } as const]) {
      expect(["loop", "exist"]).toContain(codeOf(() => folder.openFile(["file"], options)));
      expect(["loop", "exist"]).toContain(codeOf(() => folder.openFile(["dangling"], options)));
      expect(["loop", "not-directory"]).toContain(codeOf(() => folder.openFile(["folder", "key"], options)));
      expect(["loop", "not-directory"]).toContain(
        codeOf(() => folder.openFile(["deep", "root", "tmp"], options)),
      );
    }
    expect(["loop", "not-directory"]).toContain(codeOf(() => folder.createDirectory(["folder", "made"])));
    expect(["loop", "not-directory"]).toContain(codeOf(() => folder.stat(["folder", "key"])));
    expect(codeOf(() => folder.createDirectory(["dangling"]))).toBe("exist");
    expect(folder.stat(["file"]).type).toBe("symbolic-link");
    expect(folder.stat(["folder"]).type).toBe("symbolic-link");
    expect(readFileSync(join(around, "secret/key"), "utf8")).toBe("secret");
    expect(() => statSync(join(around, "secret/new"))).toThrow("ENOENT");
  });

  test.runIf(process.platform === "linux")("that take the place of the folder itself change nothing", () => {
    rmSync(join(around, "out"), { recursive: true });
    symlinkSync("secret", join(around, "out"));
    expect(codeOf(() => folder.openFile(["key"], anyway))).not.toBe("done");
    expect(readFileSync(join(around, "secret/key"), "utf8")).toBe("secret");
  });
});

test("what is no file is not opened", () => {
  mkdirSync(join(around, "out", "folder"));
  expect(codeOf(() => folder.openFile(["folder"], anyway))).toBe("is-directory");
  execFileSync("mkfifo", [join(around, "out", "pipe")]);
  expect(codeOf(() => folder.openFile(["pipe"], anyway))).toBe("invalid");
});

test("a folder that is missing, one that is made, and one that is none", () => {
  expect(() => openFolder(join(around, "missing"), { write: false })).toThrow(
    /missing cannot be opened \(ENOENT\); make it, or name another\./,
  );
  expect(() => openFolder(join(around, "a/b"), { write: true })).toThrow("ENOENT");
  expect(() => openFolder(join(around, "secret/key"), { write: true })).toThrow("ENOTDIR");
  openFolder(join(around, "made"), { write: true }).close();
  expect(statSync(join(around, "made")).isDirectory()).toBe(true);
});

test("a closed folder", () => {
  folder.close();
  folder.close();
  expect(codeOf(() => folder.stat([]))).toBe("io");
});

test("reads, cuts, dates, renames and takes away", () => {
  const at = (name: string) => join(around, "out", name);
  writeFileSync(at("a"), "0123456789");
  const file = folder.openFile(["a"], { read: true, write: true, create: "never", truncate: false });
  expect(Buffer.from(file.read(4, 3)).toString()).toBe("3456");
  expect(Buffer.from(file.read(100, 8)).toString()).toBe("89");
  expect(file.read(4, 10)).toHaveLength(0);
  file.setSize(5);
  file.setTimes(undefined, 86_400_000);
  file.close();
  expect(readFileSync(at("a"), "utf8")).toBe("01234");
  expect(folder.stat(["a"])).toMatchObject({ size: 5, links: 1, modifiedMs: 86_400_000 });
  folder.setTimes(["a"], 1000, undefined);
  expect(folder.stat(["a"])).toMatchObject({ accessedMs: 1000, modifiedMs: 86_400_000 });
  folder.createDirectory(["below"]);
  const { identity } = folder.stat(["a"]);
  folder.rename(["a"], ["below", "b"]);
  expect(folder.stat(["below", "b"]).identity).toBe(identity);
  expect(codeOf(() => folder.removeDirectory(["below"]))).toBe("not-empty");
  expect(codeOf(() => folder.removeFile(["below"]))).toBe("is-directory");
  expect(codeOf(() => folder.rename(["below"], ["below", "c"]))).toBe("invalid");
  folder.removeFile(["below", "b"]);
  folder.removeDirectory(["below"]);
  expect(codeOf(() => folder.stat(["below"]))).toBe("no-entry");
});

test("reads no more than what it is: no folder, no link, nothing that is written only", () => {
  const reading = { read: true, write: false, create: "never", truncate: false } as const;
  symlinkSync(join(around, "secret", "key"), join(around, "out", "link"));
  symlinkSync(join(around, "secret"), join(around, "out", "away"));
  folder.createDirectory(["below"]);
  expect(codeOf(() => folder.openFile(["link"], reading))).toBe("loop");
  expect(codeOf(() => folder.openFile(["away", "key"], reading))).toBe("not-directory");
  expect(codeOf(() => folder.openFile(["below"], reading))).toBe("is-directory");
  expect(codeOf(() => folder.list(["away"]))).toBe("not-directory");
  expect(codeOf(() => folder.setTimes(["link"], 0, 0))).toBe("loop");
  expect(codeOf(() => folder.rename(["below"], ["away", "x"]))).toBe("not-directory");
  const written = folder.openFile(["new"], isNew);
  expect(codeOf(() => written.read(1, 0))).toBe("bad-descriptor");
  written.close();
});

test("lists what is there, with links as links", () => {
  folder.createDirectory(["below"]);
  writeFileSync(join(around, "out", "below", "a"), "a");
  mkdirSync(join(around, "out", "below", "b"));
  symlinkSync(join(around, "secret"), join(around, "out", "below", "c"));
  const entries = folder.list(["below"]);
  const all = [entries.next()!, entries.next()!, entries.next()!].sort((one, other) =>
    one.name.localeCompare(other.name),
  );
  expect(all).toEqual([
    { type: "regular-file", name: "a" },
    { type: "directory", name: "b" },
    { type: "symbolic-link", name: "c" },
  ]);
  expect(entries.next()).toBeUndefined();
  entries.close();
  entries.close();
  expect(entries.next()).toBeUndefined();
  const whole = folder.list([]);
  expect(whole.next()).toEqual({ type: "directory", name: "below" });
  whole.close();
});
