/** The device models that a bundle brings: those of installed packages, which are JavaScript of the machine that made it. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { pathToFileURL } from "node:url";
import { type Board, HostError } from "@busbar/host";
import { findInstalledModel } from "@busbar/host-node";

/**
 * The modules of a board's models, with as much of the package.json of each as says where its models are.
 *
 * @param path the board file, for people
 * @param folder where it is
 * @returns the contents of each file, by its path in the bundle: "node_modules/..."
 * @throws HostError with code "board" for a model that is a file, lies outside of its package, or needs more than its module
 */
export async function collectModels(
  board: Board,
  path: string,
  folder: string,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const named = new Map<string, Record<string, string>>();
  for (const model of new Set(board.simulate.map((entry) => entry.model))) {
    const found = findInstalledModel(model, board, folder);
    if (found === undefined) {
      // Others are the simulator's own.
      if (/[/\\:]/.test(model)) {
        throw refusal(
          path,
          model,
          "and a bundle takes only the simulator's own and those of installed packages",
        );
      }
      continue;
    }
    const place = `node_modules/${found.package}/`;
    // A package may say "./dist/model.js", which the lock of a bundle has no such path for.
    const file = posix.join(place, found.module);
    if (!file.startsWith(place)) throw refusal(path, model, "which lies outside of its package");
    const bytes = readFileSync(join(found.folder, found.module));
    await requireWhole(bytes, path, model);
    files.set(file, bytes);
    named.set(found.package, { ...named.get(found.package), [found.name]: file.slice(place.length) });
  }
  for (const [name, model] of named) {
    const manifest = { name, type: "module", busbar: { model } };
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    files.set(`node_modules/${name}/package.json`, new TextEncoder().encode(text));
  }
  return files;
}

/** "busbar build" makes models that import nothing; one that is made otherwise would be missed first on the device. */
async function requireWhole(bytes: Uint8Array, path: string, model: string): Promise<void> {
  const alone = mkdtempSync(join(tmpdir(), "busbar-model-"));
  try {
    const file = join(alone, "model.mjs");
    writeFileSync(file, bytes);
    await import(pathToFileURL(file).href);
  } catch (cause) {
    const [reason] = String(cause instanceof Error ? cause.message : cause).split("\n");
    throw refusal(path, model, `which does not run without what it imports (${reason})`, cause);
  } finally {
    rmSync(alone, { recursive: true });
  }
}

function refusal(path: string, model: string, why: string, cause?: unknown): HostError {
  return new HostError("board", `${path} simulates with the model ${model}, ${why}; leave that entry out.`, {
    cause,
  });
}
