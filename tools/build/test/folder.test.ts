import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as promises from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { writeFileAtomically } from "../src/folder.ts";

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

/** The disk is full after the first byte. */
const fillingUp: typeof promises.writeFile = async (path) => {
  writeFileSync(path as string, "n");
  throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
};

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
});
