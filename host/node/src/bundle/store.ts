import type { PreparedStore } from "@busbar/host/backend";
import { sha256 } from "./check.ts";

/**
 * Names what is prepared by the component that it is made from and by its place in it, so that nothing is hashed once more:
 * "plan VERSION COMPONENT", "module VERSION COMPONENT OFFSET LENGTH", where VERSION is the SHA-256 of all else that decides
 * what is prepared, and COMPONENT the component's.
 */
class Keys {
  readonly #components = new WeakMap<ArrayBufferLike, { readonly digest: string; readonly start: number }>();

  /** @param bytes of the component, in a buffer of their own; every part of them is known by it */
  add(bytes: Uint8Array, digest: string): void {
    this.#components.set(bytes.buffer, { digest, start: bytes.byteOffset });
  }

  key([kind, ...parts]: readonly (string | Uint8Array)[]): string {
    const texts = parts.filter((part) => typeof part === "string");
    const [bytes] = parts.filter((part) => typeof part !== "string");
    const component = bytes && this.#components.get(bytes.buffer);
    if (bytes === undefined || component === undefined) {
      throw new RangeError("a bundle's store knows only what is made from the bundle's components.");
    }
    const version = sha256(new TextEncoder().encode(JSON.stringify(texts)));
    const place = kind === "plan" ? [] : [bytes.byteOffset - component.start, bytes.length];
    return [kind, version, component.digest, ...place].join(" ");
  }
}

/** Collects what the host prepares of components, for a bundle that is being made. */
export class RecordingStore implements PreparedStore {
  readonly #keys = new Keys();
  /** What was prepared, by its key. */
  readonly entries = new Map<string, Uint8Array>();

  /** @param bytes of a component, in a buffer of their own */
  add(bytes: Uint8Array): void {
    this.#keys.add(bytes, sha256(bytes));
  }

  key(...parts: readonly (string | Uint8Array)[]): string {
    return this.#keys.key(parts);
  }

  async get(): Promise<undefined> {
    return undefined;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    this.entries.set(key, bytes);
  }
}

/** What a bundle has prepared. Whatever is not in it was made by another host: that is an error, not a reason to prepare it. */
export class BundleStore implements PreparedStore {
  readonly #keys = new Keys();
  readonly #find: (key: string) => Uint8Array<ArrayBuffer> | undefined;
  readonly #missing: () => Error;

  /**
   * @param find what was prepared under a key
   * @param missing the error for what was not
   */
  constructor(find: (key: string) => Uint8Array<ArrayBuffer> | undefined, missing: () => Error) {
    this.#find = find;
    this.#missing = missing;
  }

  /** @param bytes of a component, in a buffer of their own */
  add(bytes: Uint8Array, digest: string): void {
    this.#keys.add(bytes, digest);
  }

  key(...parts: readonly (string | Uint8Array)[]): string {
    return this.#keys.key(parts);
  }

  async get(key: string): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = this.#find(key);
    if (bytes === undefined) throw this.#missing();
    return bytes;
  }

  /** Everything that is prepared comes from the bundle, so there is nothing to keep. */
  async put(): Promise<void> {}
}
