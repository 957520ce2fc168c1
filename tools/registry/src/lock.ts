/** `busbar.lock.json`, beside the board file: which digest each `oci://` driver had when it was first pulled. */

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomically } from "@busbar/host-node/cache";
import * as v from "valibot";
import { RegistryError } from "./error.ts";
import { withFileLock } from "./file-lock.ts";
import { digestPattern, formatReference, type Reference } from "./reference.ts";

/** The file's name. */
export const lockFileName = "busbar.lock.json";

const lockSchema = v.strictObject({
  /** The layout of the file; a reader refuses any other number. */
  format: v.literal(1),
  /** By the reference as the board file has it. */
  components: v.record(
    v.string(),
    v.strictObject({ digest: v.pipe(v.string(), v.regex(digestPattern, "expected a sha256 digest")) }),
  ),
});

const longestFile = 4 * 1024 * 1024;

/**
 * The lock file of the boards in one folder. A reference that has a digest of its own is its own pin, and is not in the file.
 *
 * The file is read anew for every question, because another command may add to it meanwhile.
 */
export class LockFile {
  /** Its absolute path. */
  readonly path: string;

  /** @param folder the board file's */
  constructor(folder: string) {
    this.path = join(folder, lockFileName);
  }

  /**
   * The reference with the digest that it is locked to.
   *
   * @returns undefined where it has no digest of its own and none in the file
   * @throws RegistryError with reason "local" when the file is damaged
   */
  pinned(reference: Reference): (Reference & { readonly digest: string }) | undefined {
    const digest = reference.digest ?? this.#read()[formatReference(reference)]?.digest;
    return digest === undefined ? undefined : { ...reference, digest };
  }

  /**
   * Writes down what a reference was when it was pulled. Any number of processes may do so at once: none loses what another
   * has written.
   *
   * @param reference as the board file has it; one with a digest needs no entry
   * @param digest the manifest's
   * @param options `replace`: also where it is locked to another digest
   * @returns the digest that it is locked to now: without `replace` the older one, where another process was faster
   * @throws RegistryError with reason "local" when the file cannot be written
   */
  async pin(
    reference: Reference,
    digest: string,
    { replace = false }: { readonly replace?: boolean } = {},
  ): Promise<string> {
    if (reference.digest !== undefined) return reference.digest;
    const name = formatReference(reference);
    try {
      return await withFileLock(this.path, async (requireHeld) => {
        const components = this.#read();
        const present = components[name]?.digest;
        if (present === digest || (present !== undefined && !replace)) return present;
        const text = textOf({ ...components, [name]: { digest } });
        requireHeld();
        await writeFileAtomically(this.path, text);
        return digest;
      });
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (cause instanceof RegistryError || code === undefined) throw cause;
      const advice = isFull(code)
        ? "make room on the disk"
        : 'make its folder writable, or pin the digest in the board file ("oci://...@sha256:...")';
      throw new RegistryError("local", `${this.path} cannot be written (${code}); ${advice}.`, { cause });
    }
  }

  #read(): v.InferOutput<typeof lockSchema>["components"] {
    let json: unknown;
    try {
      if (statSync(this.path).size > longestFile) throw this.#damaged("it is too long");
      json = JSON.parse(readFileSync(this.path, "utf8"));
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === "ENOENT") return {};
      if (cause instanceof SyntaxError) throw this.#damaged("it is not JSON");
      if (cause instanceof RegistryError || code === undefined) throw cause;
      throw new RegistryError("local", `${this.path} cannot be read (${code}); mend its permissions.`, {
        cause,
      });
    }
    const parsed = v.safeParse(lockSchema, json);
    if (parsed.success) return parsed.output.components;
    const [issue] = parsed.issues;
    throw this.#damaged(`"${v.getDotPath(issue)}": ${issue.message}`);
  }

  #damaged(problem: string): RegistryError {
    return new RegistryError(
      "local",
      `${this.path} is damaged (${problem}); restore it, or delete it to pin anew what the registry has now.`,
    );
  }
}

function textOf(components: v.InferOutput<typeof lockSchema>["components"]): string {
  const inOrder = Object.entries(components).sort(([left], [right]) => (left < right ? -1 : 1));
  return `${JSON.stringify({ format: 1, components: Object.fromEntries(inOrder) }, null, 2)}\n`;
}

/** Whether an error of the lock file or the store is that there is no room: it goes by, and is no question of rights. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof RegistryError && isFull((error.cause as NodeJS.ErrnoException | undefined)?.code);
}

function isFull(code: string | undefined): boolean {
  return code === "ENOSPC" || code === "EDQUOT";
}
