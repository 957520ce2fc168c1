import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BoardFile } from "@busbar/host";
import { openBoard } from "@busbar/host-node";
import { simulate } from "@busbar/sim";
import { root } from "../src/places.ts";

/** A folder that is removed again. */
export interface FolderOf extends Disposable {
  readonly path: string;
}

/** A folder of files. */
export function folderOf(files: Readonly<Record<string, Uint8Array>>): FolderOf {
  const path = mkdtempSync(join(tmpdir(), "busbar-foreign-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

/** An app's entry in a board file. */
type AppFile = NonNullable<BoardFile["apps"]>[string];

/** What an app is run with. */
interface Surroundings {
  /** The rest of the board. */
  readonly file?: Partial<BoardFile>;
  readonly arguments?: readonly string[];
  readonly input?: string;
}

/** What an app printed, to both outputs, and why it failed, where it did. */
export async function runApp(folder: FolderOf, app: AppFile, surroundings: Surroundings = {}) {
  const { file, input } = surroundings;
  const board = join(folder.path, "board.json");
  writeFileSync(board, JSON.stringify({ devices: {}, ...file, apps: { program: app } }));
  await using opened = await openBoard(board, { simulate });
  let output = "";
  const chunks = input === undefined ? [] : [new TextEncoder().encode(input)];
  try {
    await opened.run("program", {
      output: (bytes) => {
        output += new TextDecoder().decode(bytes);
      },
      arguments: surroundings.arguments ?? [],
      ...(input !== undefined && { input: async () => chunks.shift() }),
    });
    return { output };
  } catch (thrown) {
    return { output, error: (thrown as Error).message };
  }
}

/** What `busbar run` prints of the one app of a board, and its exit code. */
export async function runCommand(folder: FolderOf, app: AppFile, options: readonly string[], input: string) {
  const board = join(folder.path, "board.json");
  writeFileSync(board, JSON.stringify({ devices: {}, apps: { program: app } }));
  const command = join(root, "tools/cli/bin/busbar.js");
  const { status, stdout } = spawnSync(process.execPath, [command, "run", board, ...options], { input });
  return { code: status, output: stdout.toString() };
}
