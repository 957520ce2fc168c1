import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { transpileBytes } from "@bytecodealliance/jco-transpile";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";

export const parseWat = async (text) => new Uint8Array(await parse(text));

export async function startWithJco(component, imports, { waits = [] } = {}) {
  const { files } = await transpileBytes(component, {
    name: "component",
    instantiation: "async",
    noComponentErrorWrapping: false,
    nodejsCompat: false,
    emitTypescriptDeclarations: false,
    base64Cutoff: 0,
    // A QuickJS component's exports all wait where one import does; jco needs no list of them.
    ...(waits.length > 0 && { asyncMode: "jspi", asyncImports: [...waits] }),
  });
  const folder = await mkdtemp(join(tmpdir(), "busbar-jco-"));
  try {
    const script = join(folder, "component.js");
    await writeFile(script, files["component.js"]);
    const { instantiate } = await import(pathToFileURL(script).href);
    return await instantiate((name) => new WebAssembly.Module(files[name]), imports);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
