import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as promises from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { addFolder, replaceFolder, writeFileAtomically } from "../src/folder.ts";

vi.mock("node:fs/promises", async (importOriginal) => {
  const original = await importOriginal<typeof promises>();
  return { ...original, writeFile: vi.fn(original.writeFile), rename: vi.fn(original.rename) };
});

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "busbar-folder-"));
});
afterEach(() => {
  vi.resetAllMocks();
  rmSync(base, { recursive: true });
});

const files = (text: string) => new Map([["a", Buffer.from(text)]]);
/** The disk is full after the first byte. */
const fillingUp: typeof promises.writeFile = async (path) => {
  writeFileSync(path as string, "n");
  throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
};
const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

describe("a full disk leaves what is there, and nothing beside it", () => {
  beforeEach(() => {
    writeFileSync(join(base, "file"), "old");
  });

  test("a file", async () => {
    vi.mocked(promises.writeFile).mockImplementation(fillingUp);
    await expect(writeFileAtomically(join(base, "file"), "new")).rejects.toThrow("ENOSPC");
    expect(readFileSync(join(base, "file"), "utf8")).toBe("old");
    expect(readdirSync(base)).toEqual(["file"]);
  });

  test("a folder", async () => {
    await replaceFolder(join(base, "folder"), files("old"));
    vi.mocked(promises.writeFile).mockImplementation(fillingUp);
    await expect(replaceFolder(join(base, "folder"), files("new"))).rejects.toThrow("ENOSPC");
    await expect(addFolder(join(base, "other"), files("new"))).rejects.toThrow("ENOSPC");
    expect(readFileSync(join(base, "folder/a"), "utf8")).toBe("old");
    expect(readdirSync(base).sort()).toEqual(["file", "folder"]);
  });
});

test("a folder whose last step fails is as it was", async () => {
  await replaceFolder(join(base, "folder"), files("old"));
  const { rename } = await vi.importActual<typeof promises>("node:fs/promises");
  // The old one goes aside, the new one does not come.
  vi.mocked(promises.rename).mockImplementationOnce(rename).mockImplementationOnce(failing("EIO"));
  await expect(replaceFolder(join(base, "folder"), files("new"))).rejects.toThrow("EIO");
  expect(readFileSync(join(base, "folder/a"), "utf8")).toBe("old");
  expect(readdirSync(base)).toEqual(["folder"]);
});

test("a folder is added where nothing is, and replaced where something is", async () => {
  expect(await addFolder(join(base, "deep/folder"), files("first"))).toBe(true);
  expect(await addFolder(join(base, "deep/folder"), files("second"))).toBe(false);
  expect(readFileSync(join(base, "deep/folder/a"), "utf8")).toBe("first");
  await replaceFolder(join(base, "deep/folder"), files("third"));
  expect(readFileSync(join(base, "deep/folder/a"), "utf8")).toBe("third");
  expect(readdirSync(join(base, "deep"))).toEqual(["folder"]);
});

test("everything is on the disk before it gets its name", async () => {
  await writeFileAtomically(join(base, "file"), "new");
  await addFolder(join(base, "folder"), files("new"));
  for (const [, , options] of vi.mocked(promises.writeFile).mock.calls) {
    expect(options).toMatchObject({ flush: true });
  }
});
