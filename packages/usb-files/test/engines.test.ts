/** The same app, and the file systems in it, on the other engine: no Unicode properties, no normalization there. */

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage } from "@busbar/build";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageBytes, images, partitioned, Setup, tree } from "./stick.ts";

const built = mkdtempSync(join(tmpdir(), "busbar-usb-files-"));

beforeAll(async () => {
  await buildPackage(join(import.meta.dirname, ".."), { engine: "starlingmonkey", outFolder: built });
}, 240_000);
afterAll(() => rmSync(built, { recursive: true }));

test.each(images)("StarlingMonkey copies $name out whole", { timeout: 60_000 }, async ({ name }) => {
  const medium = partitioned(imageBytes(name));
  const app = join(built, "usb-files.wasm");
  using setup = new Setup(medium, { component: app, folder: { path: "out", write: true } });
  const { errors, failed } = await setup.run("copy", "/");
  expect(errors).toBe("");
  expect(failed).toBe(false);
  const kind = name.split(/[ ,]/)[0];
  for (const { path, sha256 } of tree.filter(({ only = kind }) => only === kind)) {
    const bytes = readFileSync(join(setup.folder, "out", path));
    expect(createHash("sha256").update(bytes).digest("hex"), path).toBe(sha256);
  }
  const listed = await setup.run("ls", "SUB/deep");
  expect(listed.output.toString()).toContain("inner file.dat");
  const { failed: missing, errors: said } = await setup.run("cat", "no\u001bthing");
  expect([missing, said]).toEqual([true, expect.stringContaining("no\\u{1b}thing")]);
});
