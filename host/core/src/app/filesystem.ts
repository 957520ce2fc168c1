/** wasi:filesystem for one app: the one folder that the board gives it, and nothing beside it. */

import type { FolderGrant } from "../board/schema.ts";
import { type Folder, FolderError, type FolderFile, type FolderStat } from "../folder/backend.ts";
import { type FolderCall, judgeFolder } from "../grants/folder.ts";
import { audit } from "../instance/context.ts";
import type { AppContext, AppFolder } from "./context.ts";
import { OutputStream } from "./wasi.ts";

/** An app that never closes what it opened must not take all descriptors of the host. */
const MOST_OPEN_FILES = 64;

/** wasi:filesystem/types `path-flags`, `open-flags` and `descriptor-flags`, as objects of booleans. */
type Flags<Name extends string> = { readonly [Key in Name]?: boolean };
type OpenFlags = Flags<"create" | "directory" | "exclusive" | "truncate">;
type DescriptorFlags = Flags<"read" | "write" | "mutateDirectory">;

/** What an app may still write, in all its runs on one open board. */
export class FolderQuota {
  #bytesLeft: number;

  constructor(grant: Pick<FolderGrant, "maximumMiB"> | undefined) {
    this.#bytesLeft = (grant?.maximumMiB ?? Number.POSITIVE_INFINITY) * 2 ** 20;
  }

  /** Takes so many bytes; false where there are fewer, and then it takes none. */
  take(bytes: number): boolean {
    if (bytes > this.#bytesLeft) return false;
    this.#bytesLeft -= bytes;
    return true;
  }
}

/** The folder of a run: the platform's, its grant, and what was done with it. */
export class GrantedFolder implements Disposable {
  readonly #context: AppContext;
  readonly #appFolder: AppFolder;
  readonly #open = new Set<FolderFile>();
  readonly #quota: FolderQuota;

  constructor(context: AppContext, appFolder: AppFolder, quota: FolderQuota) {
    this.#context = context;
    this.#appFolder = appFolder;
    this.#quota = quota;
  }

  get folder(): Folder {
    return this.#appFolder.folder;
  }

  get mayWrite(): boolean {
    return this.#appFolder.grant.write;
  }

  get mayOverwrite(): boolean {
    return this.#appFolder.grant.overwrite;
  }

  /** The names of a path that the grant covers. @throws FolderError `not-permitted`, and the operator is told */
  names(call: FolderCall): readonly string[] {
    const verdict = judgeFolder(this.#appFolder.grant, call);
    if (verdict.allowed) return verdict.names;
    this.#deny(`${call.kind}(${JSON.stringify(call.path.slice(0, 256))})`, verdict.denied, verdict.reason);
    throw new FolderError("not-permitted");
  }

  /** Takes so many bytes off what may be written. @throws FolderError `quota` */
  spend(bytes: number): void {
    if (this.#quota.take(bytes)) return;
    const reason = `more than ${this.#appFolder.grant.maximumMiB} MiB are not granted`;
    this.#deny(`write(${bytes} bytes)`, "length", reason);
    throw new FolderError("quota");
  }

  /** Keeps an eye on a file until it is closed. @throws FolderError `quota` for too many */
  opened(open: () => FolderFile): FolderFile {
    if (this.#open.size >= MOST_OPEN_FILES) throw new FolderError("quota");
    const file = open();
    this.#open.add(file);
    return file;
  }

  closed(file: FolderFile): void {
    this.#open.delete(file);
    file.close();
  }

  [Symbol.dispose](): void {
    for (const file of this.#open) file.close();
    this.#open.clear();
  }

  #deny(call: string, denied: string, reason: string): void {
    audit({ ...this.#context, device: this.#context.app }, `folder.${call}`, denied, reason);
  }
}

/** wasi:filesystem/preopens. */
export function appPreopens(context: AppContext) {
  return {
    getDirectories(): [Descriptor, string][] {
      context.budget.check();
      return context.folder === undefined ? [] : [[new Descriptor(context, context.folder, []), "."]];
    },
  };
}

/** wasi:filesystem/types. */
export function appFilesystem(_: AppContext) {
  return { Descriptor };
}

/** wasi:filesystem/types `descriptor`: a folder, a file that is written, or a file that is only looked at. */
class Descriptor implements Disposable {
  readonly #context: AppContext;
  readonly #granted: GrantedFolder;
  readonly #names: readonly string[];
  readonly #file: FolderFile | undefined;

  constructor(context: AppContext, granted: GrantedFolder, names: readonly string[], file?: FolderFile) {
    this.#context = context;
    this.#granted = granted;
    this.#names = names;
    this.#file = file;
  }

  writeViaStream(offset: bigint): OutputStream {
    this.#context.budget.check();
    let position = offset;
    this.#written();
    return new OutputStream(this.#context, (bytes) => {
      for (let start = 0; start < bytes.length; ) {
        const count = Number(this.write(bytes.subarray(start), position));
        start += count;
        position += BigInt(count);
      }
    });
  }

  write(buffer: Uint8Array, offset: bigint): bigint {
    this.#context.budget.check();
    const file = this.#written();
    if (offset > BigInt(Number.MAX_SAFE_INTEGER)) throw new FolderError("file-too-large");
    this.#granted.spend(buffer.length);
    return BigInt(file.write(buffer, Number(offset)));
  }

  sync(): void {
    this.#context.budget.check();
    this.#file?.sync();
  }

  getFlags(): DescriptorFlags {
    this.#context.budget.check();
    return {
      write: this.#file !== undefined,
      mutateDirectory: this.#file === undefined && this.#granted.mayWrite,
    };
  }

  getType(): FolderStat["type"] {
    this.#context.budget.check();
    return this.#stat().type;
  }

  stat() {
    this.#context.budget.check();
    return statRecord(this.#stat());
  }

  statAt(_: Flags<"symlinkFollow">, path: string) {
    this.#context.budget.check();
    return statRecord(this.#granted.folder.stat(this.#below({ kind: "stat", path })));
  }

  createDirectoryAt(path: string): void {
    this.#context.budget.check();
    this.#granted.folder.createDirectory(this.#below({ kind: "create-directory", path }));
  }

  /** The standard's `symlink-follow` has no effect: a link is `loop`, whoever asks. */
  openAt(_: Flags<"symlinkFollow">, path: string, openFlags: OpenFlags, flags: DescriptorFlags): Descriptor {
    this.#context.budget.check();
    const { create = false, directory = false, exclusive = false, truncate = false } = openFlags;
    const { write = false } = flags;
    const { folder, mayOverwrite } = this.#granted;
    if (!directory && (write || create || truncate)) {
      const names = this.#below({ kind: "write", path, create, exclusive, truncate });
      const isNew = exclusive || !mayOverwrite;
      const file = this.#granted.opened(() =>
        folder.openFile(names, { create: create ? (isNew ? "new" : "if-missing") : "never", truncate }),
      );
      return new Descriptor(this.#context, this.#granted, names, file);
    }
    const names = this.#below({ kind: "stat", path });
    const { type } = folder.stat(names);
    if (type === "symbolic-link") throw new FolderError("loop");
    if (directory && type !== "directory") throw new FolderError("not-directory");
    return new Descriptor(this.#context, this.#granted, names);
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) this.#granted.closed(this.#file);
  }

  #stat(): FolderStat {
    return this.#file?.stat() ?? this.#granted.folder.stat(this.#names);
  }

  #written(): FolderFile {
    if (this.#file === undefined) throw new FolderError("not-permitted");
    return this.#file;
  }

  /** Paths are relative to this folder; below a file there is nothing. */
  #below(call: FolderCall): readonly string[] {
    const names = this.#granted.names(call);
    if (this.#file !== undefined) throw new FolderError("not-directory");
    return [...this.#names, ...names];
  }
}

/** wasi:filesystem/types `descriptor-stat`. */
function statRecord({ type, size, modifiedMs }: FolderStat) {
  const seconds = BigInt(Math.floor(modifiedMs / 1000));
  return {
    type,
    linkCount: 1n,
    size: BigInt(size),
    dataModificationTimestamp: { seconds, nanoseconds: Math.floor(modifiedMs % 1000) * 1e6 },
  };
}
