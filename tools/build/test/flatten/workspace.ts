/** The components of this workspace, built, and flattened in a folder of their own. */

import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { flattenComponent } from "../../src/flatten/flatten.ts";

const root = join(import.meta.dirname, "../../../..");
const manifests = ["packages/*/package.json", "tools/create-driver/templates/*/package.json"];

interface Manifest {
  readonly busbar?: {
    readonly component?: string;
    readonly streaming?: { readonly component: string };
    readonly variants?: readonly { readonly component: string }[];
  };
}

/** The paths of all components of one kind: of all packages that are drivers, apps or models. */
export function workspaceComponents(kind: "synchronous" | "asynchronous"): string[] {
  return globSync(manifests, { cwd: root }).flatMap((file) => {
    const { busbar } = JSON.parse(readFileSync(join(root, file), "utf8")) as Manifest;
    const { component, streaming, variants = [] } = busbar ?? {};
    const synchronous = [component, ...variants.map((variant) => variant.component)];
    const components = kind === "synchronous" ? synchronous : [streaming?.component];
    return components.flatMap((path) => (path === undefined ? [] : [join(root, dirname(file), path)]));
  });
}

/** How a test is called that is about a component. */
export function nameOf(component: string): string {
  return relative(root, component);
}

/** The path of a driver's or app's component. */
export function componentOf(name: string): string {
  return join(root, "packages", name, "dist", `${name}.wasm`);
}

/** Flattened components as files; removed with `using`. */
export class FlattenedFiles implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "busbar-flattened-"));

  /** Flattens the component of a package. @returns its path */
  flatten(name: string): string {
    const file = join(this.#folder, `${name}.core.wasm`);
    writeFileSync(file, flattenComponent({ name, bytes: readFileSync(componentOf(name)) }));
    return file;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}
