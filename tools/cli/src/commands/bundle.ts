import { relative, resolve } from "node:path";
import { type Command, Option } from "commander";
import { defaultBoard } from "../board-argument.ts";
import { writeBundleFolder } from "../bundle/folder.ts";
import { makeBundle } from "../bundle/make.ts";
import { type BundlePlatform, platforms } from "../bundle/runtime.ts";
import { UsageError } from "../exit-codes.ts";
import { Output, style } from "../output/output.ts";
import { printable } from "../output/printable.ts";
import { columns } from "../output/table.ts";
import { megabytes } from "../output/units.ts";
import { fetchFor } from "../registry.ts";
import { jsonOption } from "./options.ts";

interface BundleCommandOptions {
  readonly out: string;
  readonly platform?: BundlePlatform;
  readonly native?: boolean;
  readonly json?: boolean;
}

/** `busbar bundle`. */
export function addBundle(program: Command): void {
  program
    .command("bundle")
    .summary("put a board and all that it runs on into one folder, for a device")
    .description(
      "Makes a folder with the board, its drivers and apps, what the host prepares of them, and the command itself with only " +
        "what this board needs. On the device it takes Node, and no network, installation or cache; a file that is not what " +
        "the lock says does not start. The same board makes the same bytes. A bundle that is there is replaced.",
    )
    .argument("[board]", "the board file; ./board.json where it is left out", defaultBoard)
    .requiredOption("--out <folder>", "where the bundle goes")
    .addOption(
      new Option("--platform <platform>", "the machine that it is for (default: this one)").choices(
        platforms,
      ),
    )
    .option(
      "--native",
      "with machine code for busbar-wasmtime too; takes busbar-wasmtime-compile, from host/wasmtime",
    )
    .addOption(jsonOption())
    .action((path: string, options: BundleCommandOptions) => bundle(path, options));
}

async function bundle(
  path: string,
  { out, platform = ownPlatform(), native = false, json = false }: BundleCommandOptions,
): Promise<void> {
  const output = new Output(json);
  const folder = resolve(out);
  const { files, lock, components } = await makeBundle(path, {
    platform,
    native,
    fetchComponent: fetchFor(path, output),
  });
  writeBundleFolder(folder, files);
  const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  if (json) {
    output.document({ folder, platform, lock, bytes, files: files.size, components });
    return;
  }
  const name = printable(relative(".", folder) || ".", 1000);
  const rows = [
    ["  platform", platform],
    ["  size", `${megabytes(bytes)}, ${files.size} files`],
    ["  lock", lock],
    ["  start", `${name}/bin/busbar run --lock ${lock}`],
  ];
  output.block(`${style("bold", name)}\n${columns(rows, ["left", "left"])}`);
}

function ownPlatform(): BundlePlatform {
  const own = `${process.platform}-${process.arch}`;
  const found = platforms.find((platform) => platform === own);
  if (found !== undefined) return found;
  throw new UsageError(`there are no bundles for ${own}; say with --platform which machine it is for.`);
}
