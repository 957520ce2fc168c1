import { relative, resolve } from "node:path";
import { readComponent } from "@busbar/host";
import type { Command } from "commander";
import { loadBuildTool } from "../build-tool.ts";
import { readComponentFile } from "../component-file.ts";
import { Output, style } from "../output/output.ts";
import { printable } from "../output/printable.ts";
import { columns } from "../output/table.ts";
import { megabytes } from "../output/units.ts";
import { writeOutputFile } from "../output-file.ts";
import { jsonOption } from "./options.ts";

interface ComposeCommandOptions {
  readonly plug: readonly string[];
  readonly out: string;
  readonly json?: boolean;
}

/** `busbar compose`. */
export function addCompose(program: Command): void {
  program
    .command("compose")
    .summary("put an app and its drivers into one component")
    .description(
      "Wires the imports of an app to the components that export them, the way wac plug does: what no plug exports is " +
        "imported by the result, which exports what the app exports. On a board, leave the driver out of the devices " +
        "that such an app brings its own driver for.",
    )
    .argument("<app>", "a .wasm file, a package's folder, or an installed package")
    .requiredOption(
      "--plug <component>",
      "a driver, or any component that exports what the app imports; repeat it for more",
      (name: string, names: readonly string[] = []) => [...names, name],
    )
    .requiredOption("-o, --out <file>", "where the component goes")
    .addOption(jsonOption())
    .action((app: string, options: ComposeCommandOptions) => compose(app, options));
}

async function compose(app: string, { plug, out, json = false }: ComposeCommandOptions): Promise<void> {
  const [appPart, ...plugParts] = [app, ...plug].map((name) => {
    const { specifier, bytes } = readComponentFile(name);
    return { name: specifier, bytes };
  });
  const { composeComponents } = await loadBuildTool("compose");
  const component = await composeComponents(appPart!, plugParts);
  const file = resolve(out);
  await writeOutputFile(file, component);

  const { imports, exports } = readComponent(component, out);
  const { gzipSync } = await import("node:zlib");
  const summary = {
    component: file,
    bytes: component.length,
    gzipBytes: gzipSync(component).length,
    imports: imports.map(({ name }) => name),
    exports: exports.map(({ name }) => name),
  };
  const output = new Output(json);
  if (json) {
    output.document(summary);
    return;
  }
  const names = (list: readonly string[]) => printable(list.join(", ") || "nothing", 1000);
  const rows = [
    ["  size", `${megabytes(summary.bytes)}, ${megabytes(summary.gzipBytes)} compressed`],
    ["  imports", names(summary.imports)],
    ["  exports", names(summary.exports)],
  ];
  output.block(`${style("bold", printable(relative(".", file), 1000))}\n${columns(rows, ["left", "left"])}`);
}
