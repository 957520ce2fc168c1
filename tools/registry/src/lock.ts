/** `busbar.lock.json`, beside the board file: which digest each `oci://` driver had when it was first pulled. */

import { randomUUID } from "node:crypto";
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { RegistryError } from "./error.ts";
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
 * The lock file of one board. A reference that has a digest of its own is its own pin, and is not in the file.
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
   * Writes down what a reference was when it was pulled.
   *
   * @param reference as the board file has it; one with a digest needs no entry
   * @param digest the manifest's
   * @throws RegistryError with reason "local" when the file cannot be written
   */
  pin(reference: Reference, digest: string): void {
    if (reference.digest !== undefined) return;
    this.#write({ ...this.#read(), [formatReference(reference)]: { digest } });
  }

  /**
   * Drops the entries of all other references: those that the board does not name any longer.
   *
   * @throws RegistryError with reason "local" when the file cannot be written
   */
  keepOnly(references: readonly Reference[]): void {
    const names = new Set(references.map(formatReference));
    const all = Object.entries(this.#read());
    const kept = all.filter(([name]) => names.has(name));
    if (kept.length < all.length) this.#write(Object.fromEntries(kept));
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

  #write(components: v.InferOutput<typeof lockSchema>["components"]): void {
    const inOrder = Object.fromEntries(
      Object.entries(components).sort(([left], [right]) => (left < right ? -1 : 1)),
    );
    const text = `${JSON.stringify({ format: 1, components: inOrder }, null, 2)}\n`;
    const temporary = join(dirname(this.path), `.${lockFileName}-${randomUUID()}`);
    try {
      try {
        writeFileSync(temporary, text, { flag: "wx" });
        renameSync(temporary, this.path);
      } finally {
        rmSync(temporary, { force: true });
      }
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === undefined) throw cause;
      throw new RegistryError(
        "local",
        `${this.path} cannot be written (${code}); make its folder writable, or pin the digest in the board file ("oci://...@sha256:...").`,
        { cause },
      );
    }
  }

  #damaged(problem: string): RegistryError {
    return new RegistryError(
      "local",
      `${this.path} is damaged (${problem}); restore it, or delete it to pin anew what the registry has now.`,
    );
  }
}
