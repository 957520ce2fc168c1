import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { transpileBytes } from "@bytecodealliance/jco-transpile";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";

export const parseWat = async (text) => new Uint8Array(await parse(text));

export async function startWithJco(component, imports, { waits = [] } = {}) {
  const options = {
    name: "component",
    instantiation: "async",
    noComponentErrorWrapping: false,
    nodejsCompat: false,
    emitTypescriptDeclarations: false,
    base64Cutoff: 0,
  };
  let { files } = await transpileBytes(component, options);
  if (waits.length > 0) {
    // Nothing tells jco which exports reach an import that waits, so all are announced.
    const asyncExports = exportedFunctions(files);
    const waiting = { asyncMode: "jspi", asyncImports: [...waits], asyncExports };
    ({ files } = await transpileBytes(component, { ...options, ...waiting }));
  }
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

/**
 * The functions and methods that the core modules export, under the names that wit-component gives them:
 * "busbar:device/sensor@0.1.0#[method]device.read", or in the newer form "cm32p2|busbar:device/sensor@0.1|[method]device.read"; and
 * without the version, as jco may look for either.
 */
function exportedFunctions(files) {
  const modules = Object.keys(files).filter((name) => name.endsWith(".wasm"));
  return modules
    .flatMap((name) => WebAssembly.Module.exports(new WebAssembly.Module(files[name])))
    .map(({ name }) => name.replace(/^cm32p2\|([^|]+)\|/, "$1#"))
    .filter((name) => /^[^_]+#(?:\[method\])?[^[]+$/.test(name))
    .flatMap((name) => [name, name.replace(/@[^#]*/, "")]);
}
