import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Node's types leave it to the browser's. */
declare const WebAssembly: { readonly Module: new (bytes: Uint8Array) => object };

/** What component.js exports. */
interface ComponentScript {
  instantiate(
    getCoreModule: (name: string) => object,
    imports: Readonly<Record<string, unknown>>,
  ): Promise<Record<string, unknown>>;
}

/** Runs transpiled files the way a host does: the script from a file, the core modules from memory. */
export async function instantiate<Exports>(
  files: ReadonlyMap<string, Uint8Array>,
  imports: Readonly<Record<string, unknown>>,
): Promise<Exports> {
  const folder = await mkdtemp(join(tmpdir(), "busbar-run-"));
  try {
    const path = join(folder, "component.js");
    await writeFile(path, files.get("component.js") ?? "");
    const script = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as ComponentScript;
    const exports = await script.instantiate((name) => {
      const bytes = files.get(name);
      if (bytes === undefined) throw new Error(`no file ${name}`);
      return new WebAssembly.Module(bytes);
    }, imports);
    return exports as Exports;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
