import { statSync } from "node:fs";
import { entriesOf } from "@busbar/host";
import { isInRegistry, readBoard } from "@busbar/host-node";
import type { Pulled } from "@busbar/registry";
import type { Command } from "commander";
import { defaultBoard } from "../board-argument.ts";
import { UsageError } from "../exit-codes.ts";
import { Output, style } from "../output/output.ts";
import { printable } from "../output/printable.ts";
import { columns } from "../output/table.ts";
import { showTransfer } from "../output/transfer-progress.ts";
import { megabytes } from "../output/units.ts";
import { writeOutputFile } from "../output-file.ts";
import { boardComponents, openStore } from "../registry.ts";
import { jsonOption, registryOption } from "./options.ts";
import { parseName } from "./registry-name.ts";

interface PullCommandOptions {
  readonly registry?: string;
  readonly out?: string;
  readonly update?: boolean;
  readonly json?: boolean;
}

/** `busbar pull`. */
export function addPull(program: Command): void {
  program
    .command("pull")
    .summary("get a component, or all of a board's, from an OCI registry")
    .description(
      "Pulls a component, checks it against its digest and keeps it in the cache; with a board file, all components " +
        "that the board names as oci://..., at the digests that busbar.lock.json beside it pins.",
    )
    .argument(
      "[what]",
      'a board file (./board.json where it is left out), "oci://registry/ns/name:version", or "ns:name@version" with --registry',
    )
    .option("--out <file>", "write the component to this file as well")
    .option("--update", "take what the registry has now, and pin that (with a board file)")
    .addOption(registryOption())
    .addOption(jsonOption())
    .action((what: string | undefined, options: PullCommandOptions) => pull(what ?? defaultBoard, options));
}

async function pull(what: string, options: PullCommandOptions): Promise<void> {
  const output = new Output(options.json ?? false);
  const isBoard = !isInRegistry(what) && options.registry === undefined;
  if (isBoard) requireBoard(what, options);
  else if (options.update)
    throw new UsageError("--update is for a board file; a reference is always looked up.");
  const pulled = isBoard
    ? await pullBoard(what, options.update ?? false, output)
    : [await pullOne(what, options, output)];

  const { formatReference } = await import("@busbar/registry");
  const described = pulled.map(({ reference, component, bytes, wasCached }) => {
    const status = wasCached ? "cached" : "pulled";
    return { status, reference: formatReference(reference), component, bytes: bytes.length };
  });
  if (output.json) output.document({ components: described });
  else if (described.length === 0) output.line(`${printable(what)} names nothing in a registry.`);
  else {
    const rows = described.map(({ status, reference, bytes }) => {
      return [style("bold", status), megabytes(bytes), printable(reference, 1000)];
    });
    output.block(columns(rows, ["left", "right", "left"]));
  }
}

/** A name with a colon and no file of that name is rather a package without its registry. */
function requireBoard(what: string, { out }: PullCommandOptions): void {
  if (out !== undefined) throw new UsageError("--out is for one component; name it instead of a board file.");
  const isPackage = /^[a-z0-9-]+:[a-z0-9-]+(?:@.*)?$/.test(what);
  if (isPackage && statSync(what, { throwIfNoEntry: false }) === undefined) {
    throw new UsageError(`"${what}" does not say which registry; add --registry.`);
  }
}

async function pullOne(name: string, options: PullCommandOptions, output: Output): Promise<Pulled> {
  const reference = await parseName(name, options.registry);
  const { pullComponent } = await import("@busbar/registry");
  using progress = await showTransfer("pulling", name, output);
  const onProgress = (moved: number, total: number) => progress.update(moved, total);
  const pulled = await pullComponent(reference, await openStore(), { onProgress });
  if (options.out !== undefined) await writeOutputFile(options.out, pulled.bytes);
  return pulled;
}

async function pullBoard(path: string, update: boolean, output: Output): Promise<Pulled[]> {
  const board = readBoard(path);
  const named = [
    ...entriesOf(board).flatMap(({ entry }) => entry.driver ?? []),
    ...Object.values(board.apps).map(({ component }) => component),
  ];
  const specifiers = [...new Set(named.filter(isInRegistry))];
  const { fetchBoardComponent, parseReference } = await import("@busbar/registry");
  // All of them are read before the first is pulled: a misspelt one must not leave half of the work done.
  for (const specifier of specifiers) parseReference(specifier);
  const { store, lock } = await boardComponents(path);
  const pulled: Pulled[] = [];
  for (const specifier of specifiers) {
    using progress = await showTransfer("pulling", specifier, output);
    const onProgress = (moved: number, total: number) => progress.update(moved, total);
    pulled.push(await fetchBoardComponent(specifier, { store, lock, update, onProgress }));
  }
  return pulled;
}
