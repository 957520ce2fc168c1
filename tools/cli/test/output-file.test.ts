import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import * as promises from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { UsageError } from "../src/exit-codes.ts";
import { writeOutputFile } from "../src/output-file.ts";

vi.mock("node:fs/promises", async (importOriginal) => {
  const original = await importOriginal<typeof promises>();
  return { ...original, writeFile: vi.fn(original.writeFile) };
});

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "busbar-output-"));
  file = join(folder, "out.wasm");
});
afterEach(() => {
  vi.resetAllMocks();
  rmSync(folder, { recursive: true });
});

const bytes = Uint8Array.of(1, 2, 3);

test("a new file, with the folders that it needs", async () => {
  await writeOutputFile(join(folder, "a/b/out.wasm"), bytes);
  expect(new Uint8Array(readFileSync(join(folder, "a/b/out.wasm")))).toEqual(bytes);
  expect(readdirSync(join(folder, "a/b"))).toEqual(["out.wasm"]);
});

test("a file that is there is replaced whole, with its rights, and through a link", async () => {
  writeFileSync(join(folder, "real"), "old");
  chmodSync(join(folder, "real"), 0o640);
  symlinkSync("real", file);
  await writeOutputFile(file, bytes);
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(new Uint8Array(readFileSync(join(folder, "real")))).toEqual(bytes);
});

test("what fails leaves the one that is there", async () => {
  writeFileSync(file, "old");
  vi.mocked(promises.writeFile).mockImplementation(async (path) => {
    writeFileSync(path as string, "n");
    throw Object.assign(new Error("full"), { code: "ENOSPC" });
  });
  await expect(writeOutputFile(file, bytes)).rejects.toThrow(
    new UsageError(`${file} cannot be written (ENOSPC); name another file after --out.`),
  );
  expect(readFileSync(file, "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(["out.wasm"]);
});

test("a pipe is written to and stays a pipe", async () => {
  execFileSync("mkfifo", [file]);
  const [read] = await Promise.all([promises.readFile(file), writeOutputFile(file, bytes)]);
  expect(new Uint8Array(read)).toEqual(bytes);
  expect(lstatSync(file).isFIFO()).toBe(true);
});

test("a folder is an error that names the option", async () => {
  mkdirSync(file);
  await expect(writeOutputFile(file, bytes)).rejects.toThrow(
    /cannot be written \(EISDIR\); name another file after --out/,
  );
});
