import { chmodSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { busbar, folderOf, slow } from "./support/busbar.ts";

test("compiled code is kept where only the user can write, and nowhere else", { timeout: slow }, async () => {
  using folder = folderOf({});
  const cache = join(folder.path, "busbar");
  const run = () => busbar(["--version"], { env: { XDG_CACHE_HOME: folder.path } });
  mkdirSync(cache);
  chmodSync(cache, 0o777);
  expect((await run()).code).toBe(0);
  expect(existsSync(join(cache, "compiled"))).toBe(false);
  expect((await busbar(["doctor"], { env: { XDG_CACHE_HOME: folder.path } })).stdout).toContain(
    `The cache is not used: ${cache} can be written by others, which "chmod go-w" ends.`,
  );
  chmodSync(cache, 0o700);
  expect((await run()).code).toBe(0);
  expect(readdirSync(join(cache, "compiled"))).not.toEqual([]);
});
