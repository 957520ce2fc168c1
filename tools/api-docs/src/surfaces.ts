import { readFileSync } from "node:fs";
import { join } from "node:path";

const workspace = join(import.meta.dirname, "../../..");

/** The folders of the packages whose public names have pages. */
export const packages = ["host/core", "host/node", "packages/guest", "tools/registry", "tools/sim"] as const;

/** What of a package its pages are made of. */
export interface Surface {
  /** The package's folder. */
  readonly folder: string;
  /** "@busbar/host". */
  readonly name: string;
  /** The sources of what others import, in the order of its package.json. */
  readonly entryPoints: readonly string[];
}

/** Reads from its package.json what others may import of a package. @param folder from the workspace's */
export function surfaceOf(folder: string): Surface {
  const root = join(workspace, folder);
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    name: string;
    exports: Readonly<Record<string, string | { readonly default?: string }>>;
  };
  const files = Object.values(manifest.exports).map((each) =>
    typeof each === "string" ? each : each.default,
  );
  const entryPoints = files.flatMap((file) => {
    const source = /^\.\/dist\/(.+)\.js$/.exec(file ?? "")?.[1];
    return source === undefined ? [] : [join(root, "src", `${source}.ts`)];
  });
  return { folder: root, name: manifest.name, entryPoints };
}
