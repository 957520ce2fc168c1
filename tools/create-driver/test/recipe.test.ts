/** CONTRIBUTING.md, "Add a chip", done on a copy of this tree: what it takes outside of the chip's own folder. */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDriver } from "../src/index.ts";

const root = join(import.meta.dirname, "../../..");
/** Thousands of files, on a machine that does everything at once. */
const slow = 120_000;

let copy: string;

/** What git has of this tree, as it is now, and the packages that are installed and built here. */
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "busbar-recipe-"));
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", list, { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 }).split("\0");
  for (const file of files.filter((each) => each !== "")) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    // One that is deleted and not committed is in the list still.
    cpSync(join(root, file), join(copy, file), { force: true, recursive: true, errorOnExist: false });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
}, slow);
afterAll(() => rmSync(copy, { recursive: true }), slow);

const node = (...parameters: string[]) =>
  execFileSync(process.execPath, parameters, {
    cwd: copy,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

/** The files of the copy that belong to the tree, with their digests; of a page with tables, without these. */
function contents(): Map<string, string> {
  const ignored = /(?:^|\/)(?:node_modules|dist|generated)\//;
  const files = globSync("**/*", {
    cwd: copy,
    withFileTypes: true,
    exclude: ["**/node_modules", "node_modules"],
  });
  const digests = new Map<string, string>();
  for (const file of files) {
    const path = join(file.parentPath, file.name).slice(copy.length + 1);
    if (!file.isFile() || ignored.test(path)) continue;
    const text = readFileSync(join(copy, path), "latin1");
    const own = path.endsWith("README.md")
      ? text.replaceAll(/<!-- (\w+) -->[\s\S]*?<!-- \/\1 -->/g, "")
      : text;
    digests.set(path, createHash("sha256").update(own).digest("hex"));
  }
  return digests;
}

test("a chip is one folder: it is built, simulated and listed, with 0 edits outside of it", async () => {
  const before = contents();
  const { folder, name } = await createDriver(
    { name: "lm75", bus: "i2c", device: "sensor", id: false },
    { from: copy },
  );
  expect([name, folder]).toEqual(["@busbar/lm75", join(copy, "packages/lm75")]);
  // What "pnpm install" does, but for the lock file: the template has the same dependencies.
  symlinkSync(
    join(root, "tools/create-driver/templates/i2c-sensor-no-id/node_modules"),
    join(folder, "node_modules"),
  );

  // The pages are out of date, say so, and are written anew.
  expect(() => node("scripts/tables.mjs", "--check")).toThrow("write them with: npx -y pnpm@12 tables");
  node("scripts/tables.mjs");
  node("scripts/tables.mjs", "--check");
  expect(readFileSync(join(copy, "README.md"), "utf8")).toContain("[lm75](packages/lm75)");
  expect(readFileSync(join(copy, "tools/sim/README.md"), "utf8")).toContain(
    "[lm75](../../packages/lm75/README.md)",
  );
  // Hosts that run no TypeScript have its model.
  node("packages/models/scripts/collect.mjs");
  const models = readFileSync(join(copy, "packages/models/generated/models.ts"), "utf8");
  expect(models).toContain('"../../lm75/src/model.ts"');
  // And so has the command, by the model's name.
  const busbar = join(root, "tools/cli/bin/busbar.js");
  node(busbar, "build", folder);
  const read = JSON.parse(node(busbar, "read", join(folder, "board.json"), "--json"));
  expect(read).toMatchObject({ readings: [{ device: "indoor", model: "Lm75" }], errors: [] });

  const edits = [...contents()].filter(([path, digest]) => before.get(path) !== digest).map(([path]) => path);
  expect(edits.length).toBeGreaterThan(10);
  expect(edits.filter((path) => !path.startsWith("packages/lm75/"))).toEqual([]);
});
