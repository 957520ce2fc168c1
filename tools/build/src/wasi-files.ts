import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The part of preview2-shim that is used here. */
interface ShimFilesystem {
  _getPreopens(): readonly unknown[];
  _setPreopens(preopens: Readonly<Record<string, string>>): void;
}

let opened: Promise<void> | undefined;

/**
 * Lets jco's tools, which are WebAssembly themselves, read files. They do so through preview2-shim, which opens the root
 * folder for them up to 0.26.0 and no folder from 0.26.1 on: every path of WIT then "does not exist" (os error 44).
 * Which of the two jco-transpile gets is decided where this package is installed.
 */
export function letToolsReadFiles(): Promise<void> {
  opened ??= openRoot();
  return opened;
}

async function openRoot(): Promise<void> {
  const jco = createRequire(fileURLToPath(import.meta.resolve("@bytecodealliance/jco-transpile")));
  const path = jco.resolve("@bytecodealliance/preview2-shim/filesystem");
  const shim = (await import(pathToFileURL(path).href)) as ShimFilesystem;
  if (shim._getPreopens().length === 0) shim._setPreopens({ "/": "/" });
}
