import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { defineConfig } from "vitest/config";

/** Whether the native host's commands are built, and tested: see host/wasmtime/scripts/run-tests.mjs. */
const isNative = process.env.BUSBAR_COMMAND !== undefined;

/** Every folder with a package.json and a test folder is a project, named as its package is. */
const folders = ["{packages,host,tools}/*/test", "tools/create-driver/templates/*/test"];
const projects = globSync(folders, { cwd: import.meta.dirname }).map((folder) => {
  const root = join(import.meta.dirname, dirname(folder));
  const { name } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { name: string };
  const test = { name, root, include: ["test/**/*.test.ts"], exclude: isNative ? [] : ["test/native/**"] };
  return { extends: true as const, test };
});

export default defineConfig({
  test: {
    projects,
    // Only a hang ends by it: some of the tests take twenty seconds where other work has the processor.
    testTimeout: 120_000,
    // A package's own results lie in that package, where turbo caches them and .ci/run counts them.
    reporters: [
      "default",
      [
        "json",
        {
          outputFile: join(process.cwd(), `test-results/${process.env.BUSBAR_RESULTS ?? "results"}.json`),
        },
      ],
    ],
  },
});
