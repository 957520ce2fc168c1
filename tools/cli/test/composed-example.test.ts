/** Follows the README's section about composing, on the example's board file. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { busbar, ended, folderOf, slow, start, workspace } from "./support/busbar.ts";

const example = "examples/composed";

/** The commands of the first block below a heading. */
function commandsBelow(heading: string): string[][] {
  const readme = readFileSync(join(workspace, "tools/cli/README.md"), "utf8");
  const block = readme.slice(readme.indexOf(`## ${heading}`)).split("```")[1]!;
  const lines = block.split("\n").filter((line) => line.startsWith("busbar "));
  return lines.map((line) => line.split(" ").slice(1));
}

test("the composed example: compose, inspect and run do what the README says", {
  timeout: 3 * slow,
}, async () => {
  const board = readFileSync(join(workspace, example, "board.json"), "utf8");
  using folder = folderOf({ "board.json": board });
  const [compose, inspect, run] = commandsBelow("An app and its drivers as one component").map((args) =>
    args.map((each) => each.replace(example, folder.path)),
  ) as [string[], string[], string[]];

  expect(await busbar(compose)).toMatchObject({ code: 0, stderr: "" });
  const { stdout } = await busbar(inspect);
  expect(stdout).toMatch(/wasi:i2c\/i2c@0\.2\.0-draft +granted by "uses"/);
  expect(stdout).not.toContain("busbar:device/sensor");

  const child = start(run);
  const end = ended(child);
  const [line] = (await once(createInterface({ input: child.stdout! }), "line")) as [string];
  expect(line).toMatch(/^1: temperature 2\d\.\d C, pressure/);
  child.kill("SIGTERM");
  expect(await end).toMatchObject({ code: 0, stderr: "" });
});
