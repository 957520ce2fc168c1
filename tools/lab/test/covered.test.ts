/** That docs/runtimes.md says where each driver, app and board is tested on every host, and that it is so. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

/** What has to be there: packages with a component, and examples with a board. */
const components = globSync("packages/*/package.json", { cwd: root })
  .filter((file) => JSON.parse(read(file)).busbar?.component !== undefined)
  .map((file) => basename(dirname(file)));
const boards = globSync("examples/*/board.json", { cwd: root }).map((file) => dirname(file));

/** The rows of the table: what they are about, and the tests that they name. */
const rows = (() => {
  const section = read("docs/runtimes.md").split("## What both do in the lab")[1]!.split("\n## ")[0]!;
  const lines = section.split("\n").filter((line) => line.startsWith("| `"));
  return lines.flatMap((line) => {
    const [subjects, tests] = line.split("|").slice(1).map(namesIn) as [string[], string[]];
    return subjects.map((subject) => ({ subject, tests }));
  });
})();

function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
}

test("the table of docs/runtimes.md has every component and every board once, and nothing else", () => {
  expect(components.length).toBeGreaterThan(15);
  expect(rows.map(({ subject }) => subject).sort()).toEqual([...components, ...boards].sort());
});

describe.each(rows.filter(({ subject }) => subject !== "models"))("$subject", ({ subject, tests }) => {
  test.each(tests)("is in %s, which runs on every host", (name) => {
    const file = `tools/lab/hardware/${name}.hardware.ts`;
    expect(existsSync(join(root, file)), file).toBe(true);
    const text = read(file);
    expect(text).toContain('"./hosts.ts"');
    // How a command is asked for what a program asks the library for.
    const through = subject === "device-calls" ? read("tools/lab/hardware/hosts.ts") : text;
    expect(through).toContain(subject);
  });

  test("is in a test", () => {
    expect(tests).not.toEqual([]);
  });
});
