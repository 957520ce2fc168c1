import { globSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { defineConfig } from "vitest/config";

/** Every folder with a package.json and a test folder is a project, named as its package is. */
const projects = globSync("{packages,host,tools}/*/test").map((folder) => {
  const root = dirname(folder);
  const { name } = JSON.parse(readFileSync(`${root}/package.json`, "utf8")) as { name: string };
  return {
    extends: true as const,
    test: { name, root, include: ["test/**/*.test.ts"] },
  };
});

export default defineConfig({
  test: {
    projects,
    testTimeout: 20_000,
    reporters: ["default", ["json", { outputFile: `test-results/${basename(process.cwd())}.json` }]],
  },
});
