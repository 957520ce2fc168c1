import type { FolderGrant } from "../board/app-entry.ts";

/** Something that an app asks of its folder. */
export type FolderCall =
  | { readonly kind: "stat" | "read" | "create-directory"; readonly path: string }
  /** Of what is there: to take it away, to rename it, to set its times. */
  | { readonly kind: "change"; readonly path: string }
  /** To make one, or to read where one leads. */
  | { readonly kind: "link"; readonly path: string }
  /** `create` and `exclusive` as in open-flags; without `exclusive`, or with `truncate`, what is there would change. */
  | {
      readonly kind: "write";
      readonly path: string;
      readonly create: boolean;
      readonly exclusive: boolean;
      readonly truncate: boolean;
    };

/** What of a call is not granted. */
export type FolderDenial = "path" | "link" | "write" | "overwrite";

/** The answer to a call: nothing reaches the machine unless it is allowed. */
export type FolderVerdict =
  | {
      readonly allowed: true;
      /** The path's names, from the folder on; empty for the folder itself. */
      readonly names: readonly string[];
    }
  | { readonly allowed: false; readonly denied: FolderDenial; readonly reason: string };

const LONGEST_PATH = 4096;
const MOST_NAMES = 64;

/**
 * Decides whether a grant covers a call. Pure, so that `host/verdicts/folder.json` tests it, and any second host.
 *
 * @returns the first thing that is not granted, in the order path, link, write, overwrite
 */
export function judgeFolder(grant: FolderGrant, call: FolderCall): FolderVerdict {
  const names = namesOf(call.path);
  if (names === undefined) return deny("path", "the path leads out of the folder, or is none");
  if (call.kind === "stat" || call.kind === "read") return { allowed: true, names };
  if (call.kind === "link") return deny("link", "links are neither made nor followed");
  if (names.length === 0) return deny("path", "the folder itself cannot be written");
  if (!grant.write) return deny("write", 'writing is not granted; add "write": true');
  // A file that is created may be there already: then the platform finds that out, in one step with creating it.
  const changes = call.kind === "change" || (call.kind === "write" && !call.create);
  if (changes && !grant.overwrite) {
    return deny("overwrite", 'changing a file that is there is not granted; add "overwrite": true');
  }
  return { allowed: true, names };
}

/**
 * The names of a relative path. A backslash and a colon are names' parts on some systems, and separators or worse on
 * others: they are refused on all.
 */
function namesOf(path: string): string[] | undefined {
  if (path.length < 1 || path.length > LONGEST_PATH || path.startsWith("/") || /[\0\\:]/.test(path)) {
    return undefined;
  }
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  return names.includes("..") || names.length > MOST_NAMES ? undefined : names;
}

function deny(denied: FolderDenial, reason: string): FolderVerdict {
  return { allowed: false, denied, reason };
}
