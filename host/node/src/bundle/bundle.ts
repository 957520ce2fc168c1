import { resolve } from "node:path";
import { type Board, HostError, parseBoardText } from "@busbar/host";
import { ComponentArtifact } from "@busbar/host/backend";
import {
  BundleError,
  bundleBoardName,
  bundleFolders,
  type CheckedBundle,
  checkBundle,
  isBundle,
} from "./check.ts";
import { BundleStore } from "./store.ts";

/** What a bundle is held against. */
export interface ReadBundleOptions {
  /** The SHA-256 that its lock must have, in hexadecimal: what `busbar bundle` printed. */
  readonly lock?: string | undefined;
}

/**
 * A board with everything that it takes, prepared where it was made. Its plans and modules are believed, because they are what
 * the lock says, and whoever made the lock made them with this very host. Give `lock` to be sure whose lock it is: whoever
 * can write to the folder can write another.
 */
export class Bundle {
  /** Absolute. */
  readonly folder: string;
  readonly board: Board;
  readonly #checked: CheckedBundle;
  readonly #store: BundleStore;
  readonly #artifacts = new Map<string, Promise<ComponentArtifact>>();

  private constructor(checked: CheckedBundle, board: Board) {
    this.#checked = checked;
    this.folder = checked.folder;
    this.board = board;
    const { contents, lock } = checked;
    this.#store = new BundleStore(
      (key) => contents.get(lock.prepared[key] ?? ""),
      () =>
        new HostError(
          "component",
          `the bundle ${checked.folder} was prepared by another version of the host (busbar ${lock.busbar}); make it anew with this one.`,
        ),
    );
  }

  /**
   * Reads a bundle: all of its files are held against its lock.
   *
   * @param folder a bundle that `busbar bundle` wrote
   * @throws HostError with code "component": one sentence that names what does not match
   */
  static read(folder: string, { lock }: ReadBundleOptions = {}): Bundle {
    const absolute = resolve(folder);
    try {
      if (!isBundle(absolute)) {
        throw new BundleError(`${absolute} is no bundle; make one with "busbar bundle BOARD --out FOLDER".`);
      }
      const checked = checkBundle(absolute);
      if (lock !== undefined && lock.toLowerCase() !== checked.lockDigest) {
        throw new BundleError(
          `the lock of the bundle ${absolute} is ${checked.lockDigest}, not the one that was asked for; copy that bundle again.`,
        );
      }
      const text = new TextDecoder().decode(checked.contents.get(bundleBoardName));
      return new Bundle(checked, parseBoardText(text, resolve(absolute, bundleBoardName)));
    } catch (cause) {
      if (!(cause instanceof BundleError)) throw cause;
      throw new HostError("component", cause.message, { cause });
    }
  }

  /** The board file. */
  get path(): string {
    return resolve(this.folder, bundleBoardName);
  }

  /** The folders in it that no app may get at. */
  get ownFolders(): string[] {
    return bundleFolders.map((name) => resolve(this.folder, name));
  }

  /**
   * A component of the board.
   *
   * @param specifier as in the board file
   * @throws HostError with code "component" when the bundle has no such component, or it was prepared by another host
   */
  component(specifier: string): Promise<ComponentArtifact> {
    let artifact = this.#artifacts.get(specifier);
    if (artifact === undefined) {
      artifact = this.#load(specifier);
      this.#artifacts.set(specifier, artifact);
    }
    return artifact;
  }

  async #load(specifier: string): Promise<ComponentArtifact> {
    const path = specifier.replace(/^\.\//, "");
    const { contents, lock } = this.#checked;
    const bytes = path.startsWith("components/") ? contents.get(path) : undefined;
    if (bytes === undefined) {
      throw new HostError(
        "component",
        `the bundle ${this.folder} has no component ${specifier}; make it anew with "busbar bundle".`,
      );
    }
    this.#store.add(bytes, lock.files[path]!);
    return ComponentArtifact.load(specifier, bytes, this.#store);
  }
}
