import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Differences } from "./differences.ts";

/** What came of a component before its board was run. */
export interface Prepared {
  /** Why there is nothing to run, where the command does not tell it by itself. */
  readonly refused: string | undefined;
  /** How long it took, in milliseconds. */
  readonly ms: number;
}

/** A host that is a program of its own. */
export interface NativeHost {
  /** Its command. */
  readonly command: string;
  readonly differences: Differences;
  /**
   * Makes of the components of a board what the command runs.
   *
   * @param folder with board.json, case.wasm and the healthy sensor's driver
   * @param cache where what takes long is kept for the command; the caller's to delete
   */
  prepare(folder: string, cache: string): Promise<Prepared>;
}

/** A profile of cargo. */
export type Profile = "debug" | "release";

/** The place of a program that cargo builds in a folder of host/; undefined where it has not. */
export function builtProgram(workspace: string, profile: Profile, name: string): string | undefined {
  const url = new URL(`../../../../host/${workspace}/target/${profile}/${name}`, import.meta.url);
  const path = fileURLToPath(url);
  return existsSync(path) ? path : undefined;
}
