import { resolve } from "node:path";
import { readComponent } from "@busbar/host";
import type { Command } from "commander";
import { loadBuildTool } from "../build-tool.ts";
import { readComponentFile } from "../component-file.ts";
import { megabytes } from "../output/units.ts";
import { showWritten } from "../output/written-component.ts";
import { writeOutputFile } from "../output-file.ts";
import { jsonOption } from "./options.ts";

interface FlattenCommandOptions {
  readonly out: string;
  readonly json?: boolean;
}

/** `busbar flatten`. */
export function addFlatten(program: Command): void {
  program
    .command("flatten")
    .summary("make a core module of a component, for small devices")
    .description(
      "Merges the core modules of a component into one, for runtimes that load no components. It does what the component " +
        "does, and tells a host what that imports and exports; what nothing reaches is left out.",
    )
    .argument("<component>", "a .wasm file, a package's folder, or an installed package")
    .requiredOption("-o, --out <file>", "where the core module goes")
    .addOption(jsonOption())
    .action((component: string, options: FlattenCommandOptions) => flatten(component, options));
}

async function flatten(component: string, { out, json = false }: FlattenCommandOptions): Promise<void> {
  const { specifier, bytes } = readComponentFile(component);
  const { flattenComponent } = await loadBuildTool("flatten");
  const module = flattenComponent({ name: specifier, bytes });
  const file = resolve(out);
  await writeOutputFile(file, module);
  await showWritten(json, {
    kind: "module",
    file,
    bytes: module,
    more: { componentBytes: bytes.length },
    remark: `; the component has ${megabytes(bytes.length)}`,
    ...readComponent(bytes, specifier),
  });
}
