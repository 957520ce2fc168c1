/** Transpiles a component to JavaScript and core modules, which is what a device loads. */

import { createHash } from "node:crypto";
import * as v from "valibot";
import { callImportsDirectly } from "./direct-imports.ts";
import { BuildError, changedOutput, messageOf } from "./error.ts";
import { exportedFunctions } from "./exported-functions.ts";
import { readMetadata } from "./metadata.ts";
import { suspendingImports } from "./suspending.ts";
import { toolchain } from "./toolchain.ts";
import { interfaceOf } from "./world.ts";

/** `manifest.json`, beside the transpiled files. */
export const manifestSchema = v.strictObject({
  /** The layout of the folder; a reader refuses any other number. */
  format: v.literal(1),
  /** The component's name, from its metadata. */
  name: v.string(),
  /** SHA-256 of the component that was transpiled, in hexadecimal. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  /** Name and version of each tool. */
  toolchain: v.record(v.string(), v.string()),
  /** The ES module that exports `instantiate(getCoreModule, imports, instantiateCore)`. */
  entry: v.literal("component.js"),
  /** The core modules that it asks for. */
  modules: v.array(v.pipe(v.string(), v.regex(/^component\.core\d*\.wasm$/))),
  /** SHA-256 of every file beside this one, in hexadecimal. */
  files: v.record(v.pipe(v.string(), v.regex(/^component(?:\.core\d*)?\.(?:js|wasm)$/)), v.string()),
});

/** The contents of `manifest.json`. */
export type Manifest = v.InferOutput<typeof manifestSchema>;

/** The name of the manifest's file. */
export const manifestFile = "manifest.json";

/**
 * Transpiles a component. Exports return promises where an import of the component suspends, and plain values
 * elsewhere.
 *
 * @param component any component: ours, or one of another toolchain
 * @returns the files by name: component.js, component.core*.wasm and manifest.json
 * @throws BuildError when jco refuses the component, or when its output is not what we know how to mend
 */
export async function transpileComponent(component: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const { transpileBytes } = await import("@bytecodealliance/jco-transpile");
  const { imports, exports } = interfaceOf(component);
  const asyncImports = await suspendingImports(imports);
  const suspension = { asyncImports, asyncExports: exportedFunctions(component, exports) };
  const result = await transpileBytes(component, {
    name: "component",
    instantiation: "async",
    ...(asyncImports.length > 0 ? { asyncMode: "jspi", ...suspension } : {}),
    // The host throws and catches errors as `ComponentError`, whose payload is the WIT value.
    noComponentErrorWrapping: false,
    nodejsCompat: false,
    emitTypescriptDeclarations: false,
    // Small modules would be decoded and compiled again for every instance if they were inlined.
    base64Cutoff: 0,
  }).catch((error: unknown) => {
    throw new BuildError(`The component cannot be transpiled: ${messageOf(error)}`, { cause: error });
  });

  const files = new Map<string, Uint8Array>();
  const inOrder = Object.entries(result.files).sort(([left], [right]) =>
    left.localeCompare(right, "en", { numeric: true }),
  );
  for (const [name, bytes] of inOrder) {
    files.set(name, name === "component.js" ? await finishScript(bytes) : bytes);
  }
  const manifest: Manifest = {
    format: 1,
    name: readMetadata(component).name,
    sha256: sha256(component),
    toolchain,
    entry: "component.js",
    modules: [...files.keys()].filter((name) => name.endsWith(".wasm")),
    files: Object.fromEntries([...files].map(([name, bytes]) => [name, sha256(bytes)])),
  };
  files.set(manifestFile, new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`));
  return files;
}

/** The digest of some bytes, in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Mends and minifies jco's JavaScript. With `_debugLog` empty the minifier drops its calls and their arguments. */
async function finishScript(bytes: Uint8Array): Promise<Uint8Array> {
  const { minify } = await import("rolldown/utils");
  const mends = [
    acceptRepresentationZero,
    emptyDebugLog,
    withoutFinalizers,
    endBorrowsWithTheCall,
    callImportsDirectly,
  ];
  const mended = mends.reduce((script, mend) => mend(script), new TextDecoder().decode(bytes));
  const { code, errors } = await minify("component.js", mended, {
    module: true,
    compress: { target: "es2022" },
    // A class's name is part of messages.
    mangle: { keepNames: true },
  });
  if (errors.length > 0) throw new BuildError(`jco's output cannot be parsed: ${errors[0]?.message}`);
  return new TextEncoder().encode(code);
}

/**
 * jco 1.35 takes a resource whose representation is 0 for no resource, when one component passes it to another inside
 * a composed component ("unknown handle index"); a QuickJS component's first resource has that representation.
 *
 * @param script jco's output
 * @throws BuildError when `rscTableGet` is there and the place is not, or is there more than once
 */
export function acceptRepresentationZero(script: string): string {
  const start = script.indexOf("function rscTableGet(");
  if (start < 0) return script;
  const end = script.indexOf("\n  }\n", start);
  const body = script.slice(start, end);
  const parts = body.split("if (rep === 0 ||");
  if (parts.length !== 2) throw changedOutput("rscTableGet");
  return script.slice(0, start) + parts.join("if (val === 0 ||") + script.slice(end);
}

/**
 * Empties `_debugLog`, which reads the environment at every step of every call: a third of what a call costs.
 *
 * @param script jco's output
 * @throws BuildError when the function is there in another form
 */
export function emptyDebugLog(script: string): string {
  if (!script.includes("_debugLog")) return script;
  const form =
    /const _debugLog = \(\.\.\.args\) => \{\s*if \([^)]*JCO_DEBUG\) \{ return; \}\s*console\.debug\(\.\.\.args\);\s*\};?/g;
  if (script.match(form)?.length !== 1) throw changedOutput("_debugLog");
  return script.replace(form, "const _debugLog = () => {};");
}

/**
 * Takes finalization out: jco's output would call a guest's destructor whenever the engine collects a forgotten
 * resource, at any time, on a stack of nobody's, also in an instance that has ended, and an exception there ends the
 * process. The host drops what it opened, and the rest goes with the instance.
 *
 * @param script jco's output
 * @throws BuildError when the function is there in another form
 */
export function withoutFinalizers(script: string): string {
  if (!script.includes("finalizationRegistryCreate")) return script;
  const form =
    /function finalizationRegistryCreate \(unregister\) \{\s*if \(typeof FinalizationRegistry === 'undefined'\) \{\s*return \{ unregister \(\) \{\} \};\s*\}\s*return new FinalizationRegistry\(unregister\);\s*\}/g;
  if (script.match(form)?.length !== 1) throw changedOutput("finalizationRegistryCreate");
  return script.replace(
    form,
    "function finalizationRegistryCreate () { return { register () {}, unregister () {} }; }",
  );
}

/**
 * Ends what a program lends to a component: a handle that goes into an exported function as `borrow<T>`. jco 1.35 keeps
 * such a handle usable for ever, and in memory for ever; the canonical ABI ends it with the call, and traps where the
 * component has not dropped it by then (Component Model, CanonicalABI.md, `Task.return_`: "borrow handles still remain").
 *
 * @param script jco's output
 * @throws BuildError when handles are lent in another form
 */
export function endBorrowsWithTheCall(script: string): string {
  const form = /rscTableCreateBorrow\(handleTable(\d+), rep, SCOPE_ID\)/g;
  // One is the function itself; the tables of a component's own resources are lent from inside, and in order.
  const lent = script.match(/= rscTableCreateBorrow\([^)]*SCOPE_ID\)/g) ?? [];
  if (lent.length === 0) return script;
  if (script.match(form)?.length !== lent.length) throw changedOutput("rscTableCreateBorrow");
  const anchor = "function rscTableRemove(";
  if (script.split(anchor).length !== 2) throw changedOutput("rscTableRemove");
  return script.replace(form, "rscTableLend(task, handleTable$1, rep, captureTable$1)").replace(
    anchor,
    `function rscTableLend(task, table, rep, captured) {
    task.addBorrowedHandle();
    task.registerOnResolveHandler(() => captured.delete(rep));
    return rscTableCreateBorrow(table, rep, task.resourceScopeId());
  }
  ${anchor}`,
  );
}
