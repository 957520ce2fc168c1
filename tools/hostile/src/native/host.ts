import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { HostileCase } from "../case.ts";

/** A case that ends in another sentence on a native host than on the one for Node. */
export interface Difference {
  readonly ends: HostileCase["ends"];
  /** Why it is another. */
  readonly because: string;
}

/** By the name of the case. */
export type Differences = ReadonlyMap<string, Difference>;

/** Cases that differ in the same way. */
export function alike(
  names: readonly string[],
  ends: HostileCase["ends"],
  because: string,
): [string, Difference][] {
  return names.map((name) => [name, { ends, because }]);
}

/** What came of a component before its board was run. */
export interface Prepared {
  /** Why it was refused. */
  readonly sentence: string | undefined;
  /** How long it took, in milliseconds. */
  readonly ms: number;
}

/** A host that is a program of its own. */
export interface NativeHost {
  readonly name: "wasmtime" | "wamr";
  /** Its command. */
  readonly command: string;
  readonly differences: Differences;
  /**
   * Makes of the components of a board what the command runs.
   *
   * @param folder with board.json and case.wasm
   * @param cache where it is kept for the command; the caller's to delete
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
