/** A real folder, with everything around it and in it that must stay out of reach. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Folder } from "@busbar/host";
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

const isNew = { create: "new", truncate: false } as const;
const anyway = { create: "if-missing", truncate: true } as const;

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
    for (const options of [isNew, anyway, { create: "never", truncate: true } as const]) {
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
