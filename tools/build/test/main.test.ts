import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { temporaryDriver } from "./driver.ts";

const program = join(import.meta.dirname, "../bin/busbar-build.js");

/** Runs the command; the exit code comes with both outputs. */
function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "busbar-main-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("types are written", async () => {
  const { code, stdout } = await run("types", "--out", folder);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+ files in /) });
  expect(await readdir(folder)).toContain("i2c-driver.d.ts");
}, 60_000);

test.each([
  [[], "Name a command."],
  [["bild"], 'There is no command "bild".'],
  [["types"], "types needs --out DIR."],
  [["build", "a", "b"], '"b" is one argument too many.'],
  [["build", "--engine", "v8"], 'There is no engine "v8"; use quickjs or starlingmonkey or micro.'],
  [["build", "--nope"], "Unknown option '--nope'"],
])(
  "wrong arguments %j: exit code 2, the reason and the usage",
  async (args, message) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain("busbar-build build [DIR]");
  },
  60_000,
);

test("a build that fails: exit code 1 and the message alone", async () => {
  await using driver = await temporaryDriver({ "src/component.ts": 'import "node:fs";\n' });
  const { code, stdout, stderr } = await run("build", driver.folder);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(
    /^src\/component\.ts:1:8: a driver runs in a sandbox that has no Node module "node:fs"; .*\n1 \| /,
  );
}, 60_000);
