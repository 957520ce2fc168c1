import { relative, resolve } from "node:path";
import type { BuildSummary, Engine } from "@busbar/build";
import { type Command, Option } from "commander";
import { loadBuildTool } from "../build-tool.ts";
import { Output, style } from "../output/output.ts";
import { columns } from "../output/table.ts";
import { megabytes } from "../output/units.ts";
import { showWait } from "../output/waiting.ts";
import { jsonOption } from "./options.ts";

/** Written out, because importing the list would load the whole build tool for every command. */
const engines = ["quickjs", "starlingmonkey", "micro"] as const satisfies readonly Engine[];

interface BuildCommandOptions {
  readonly engine?: Engine;
  readonly out?: string;
  readonly json?: boolean;
}

/** `busbar build`. */
export function addBuild(program: Command): void {
  program
    .command("build")
    .summary("turn a driver package into a component")
    .description(
      'Builds the driver package in a folder, as "busbar" in its package.json says: one component, which any host runs.',
    )
    .argument("[folder]", "the package's folder", ".")
    .addOption(
      new Option(
        "--engine <name>",
        "the JavaScript engine in the component (default: what package.json says)",
      )
        .choices(engines)
        .env("BUSBAR_ENGINE"),
    )
    .option("--out <folder>", "where the files go (default: where package.json says)")
    .addOption(jsonOption())
    .action((folder: string, options: BuildCommandOptions) => build(folder, options));
}

async function build(folder: string, { engine, out, json = false }: BuildCommandOptions): Promise<void> {
  const { allSummaries, buildPackage } = await loadBuildTool("build");
  const output = new Output(json);
  const summary = await waited(output, () =>
    buildPackage(folder, { engine, outFolder: out === undefined ? undefined : resolve(out) }),
  );
  if (json) output.document(summary);
  else output.block(allSummaries(summary).map(describe).join("\n"));
}

/** Shows on a terminal that building takes its time. */
async function waited<Value>(output: Output, work: () => Promise<Value>): Promise<Value> {
  using _ = showWait(output, () => "building");
  return await work();
}

function describe(summary: BuildSummary): string {
  const { name, world, engine, component, bytes, gzipBytes, buildMs } = summary;
  const seconds = (buildMs / 1000).toFixed(1);
  const rows = [
    ["  world", world],
    ["  engine", engine],
    ["  size", `${megabytes(bytes)}, ${megabytes(gzipBytes)} compressed`],
    ["  file", relative(".", component)],
  ];
  return `${style("bold", name)}  built in ${seconds} s\n${columns(rows, ["left", "left"])}`;
}
