import { resolve } from "node:path";
import { readComponent } from "@busbar/host";
import type { Command } from "commander";
import { loadBuildTool } from "../build-tool.ts";
import { readComponentFile } from "../component-file.ts";
import { showWritten } from "../output/written-component.ts";
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
  await showWritten(json, { kind: "component", file, bytes: component, ...readComponent(component, out) });
}
