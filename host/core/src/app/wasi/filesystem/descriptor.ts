/** wasi:filesystem/types `descriptor`: a folder, or a file that is read, written or only looked at. */

import { FolderError, type FolderFile, type FolderStat, type FolderTime } from "../../../folder/backend.ts";
import type { FolderCall } from "../../../grants/folder.ts";
import type { AppContext } from "../../context.ts";
import { type Datetime, datetime } from "../clocks.ts";
import { InputStream, OutputStream } from "../streams.ts";
import { DirectoryEntryStream } from "./directory-entry-stream.ts";
import { FileInlet } from "./file-inlet.ts";
import type { GrantedFolder } from "./granted-folder.ts";

/** The most bytes of one read. */
const longestRead = 65_536;

/** `path-flags`, `open-flags` and `descriptor-flags`, as objects of booleans. */
type Flags<Name extends string> = { readonly [Key in Name]?: boolean };
type PathFlags = Flags<"symlinkFollow">;
type OpenFlags = Flags<"create" | "directory" | "exclusive" | "truncate">;
type DescriptorFlags = Flags<"read" | "write" | "mutateDirectory">;

/** `new-timestamp`. */
type NewTimestamp =
  | { readonly tag: "no-change" | "now" }
  | { readonly tag: "timestamp"; readonly val: Datetime };

/** A file that is open, and for what. */
interface OpenFile {
  readonly file: FolderFile;
  readonly read: boolean;
  readonly write: boolean;
}

/** The standard's `symlink-follow` has no effect in any method: a link is `loop`, whoever asks. */
export class Descriptor implements Disposable {
  readonly #context: AppContext;
  readonly #granted: GrantedFolder;
  readonly #names: readonly string[];
  readonly #open: OpenFile | undefined;

  constructor(context: AppContext, granted: GrantedFolder, names: readonly string[], open?: OpenFile) {
    this.#context = context;
    this.#granted = granted;
    this.#names = names;
    this.#open = open;
  }

  readViaStream(offset: bigint): InputStream {
    this.#context.budget.check();
    return new InputStream(this.#context, new FileInlet(this.#readable(), position(offset)));
  }

  writeViaStream(offset: bigint): OutputStream {
    this.#context.budget.check();
    this.#writable();
    let next = offset;
    return new OutputStream(this.#context, (bytes) => {
      next = this.#writeAll(bytes, next);
    });
  }

  appendViaStream(): OutputStream {
    this.#context.budget.check();
    const file = this.#writable();
    return new OutputStream(this.#context, (bytes) => void this.#writeAll(bytes, BigInt(file.stat().size)));
  }

  /** What a program expects to do changes nothing. */
  advise(): void {
    this.#context.budget.check();
    this.#file();
  }

  syncData(): void {
    this.sync();
  }

  getFlags(): DescriptorFlags {
    this.#context.budget.check();
    if (this.#open !== undefined) return { read: this.#open.read, write: this.#open.write };
    return { read: true, mutateDirectory: this.#granted.mayWrite };
  }

  getType(): FolderStat["type"] {
    this.#context.budget.check();
    return this.#stat().type;
  }

  setSize(size: bigint): void {
    this.#context.budget.check();
    const file = this.#writable();
    const wanted = position(size);
    this.#granted.spend(Math.max(0, wanted - file.stat().size));
    file.setSize(wanted);
  }

  setTimes(access: NewTimestamp, modification: NewTimestamp): void {
    this.#context.budget.check();
    this.#writable().setTimes(folderTime(access), folderTime(modification));
  }

  read(length: bigint, offset: bigint): [Uint8Array, boolean] {
    this.#context.budget.check();
    const maximum = length < longestRead ? Number(length) : longestRead;
    const bytes = this.#readable().read(maximum, position(offset));
    return [bytes, bytes.length === 0 && maximum > 0];
  }

  write(buffer: Uint8Array, offset: bigint): bigint {
    this.#context.budget.check();
    const file = this.#writable();
    const at = position(offset);
    this.#granted.spend(buffer.length);
    return BigInt(file.write(buffer, at));
  }

  readDirectory(): DirectoryEntryStream {
    this.#context.budget.check();
    if (this.#open !== undefined) throw new FolderError("not-directory");
    const entries = this.#granted.opened(() => this.#granted.folder.list(this.#names));
    return new DirectoryEntryStream(this.#context, this.#granted, entries);
  }

  sync(): void {
    this.#context.budget.check();
    this.#open?.file.sync();
  }

  createDirectoryAt(path: string): void {
    this.#context.budget.check();
    this.#granted.folder.createDirectory(this.#below({ kind: "create-directory", path }));
  }

  stat() {
    this.#context.budget.check();
    return statRecord(this.#stat());
  }

  statAt(_: PathFlags, path: string) {
    this.#context.budget.check();
    return statRecord(this.#granted.folder.stat(this.#below({ kind: "stat", path })));
  }

  setTimesAt(_: PathFlags, path: string, access: NewTimestamp, modification: NewTimestamp): void {
    this.#context.budget.check();
    const names = this.#below({ kind: "change", path });
    this.#granted.folder.setTimes(names, folderTime(access), folderTime(modification));
  }

  linkAt(_: PathFlags, path: string): never {
    this.#context.budget.check();
    return this.#refuseLink(path);
  }

  openAt(_: PathFlags, path: string, openFlags: OpenFlags, flags: DescriptorFlags): Descriptor {
    this.#context.budget.check();
    const { create = false, directory = false, exclusive = false, truncate = false } = openFlags;
    const { read = false, write = false } = flags;
    const { folder, mayOverwrite } = this.#granted;
    if (!directory && (write || create || truncate)) {
      const names = this.#below({ kind: "write", path, create, exclusive, truncate });
      const isNew = exclusive || !mayOverwrite;
      const file = this.#granted.opened(() =>
        folder.openFile(names, {
          read,
          write: true,
          create: create ? (isNew ? "new" : "if-missing") : "never",
          truncate,
        }),
      );
      return new Descriptor(this.#context, this.#granted, names, { file, read, write });
    }
    const names = this.#below({ kind: "read", path });
    const { type } = folder.stat(names);
    if (type === "symbolic-link") throw new FolderError("loop");
    if (type === "directory") return new Descriptor(this.#context, this.#granted, names);
    if (directory) throw new FolderError("not-directory");
    const file = this.#granted.opened(() =>
      folder.openFile(names, { read: true, write: false, create: "never", truncate: false }),
    );
    return new Descriptor(this.#context, this.#granted, names, { file, read: true, write: false });
  }

  /** A program that resolves a path asks this of each part of it; what is no link is `invalid` then, as everywhere. */
  readlinkAt(path: string): never {
    this.#context.budget.check();
    const { type } = this.#granted.folder.stat(this.#below({ kind: "stat", path }));
    if (type !== "symbolic-link") throw new FolderError("invalid");
    return this.#refuseLink(path);
  }

  removeDirectoryAt(path: string): void {
    this.#context.budget.check();
    this.#granted.folder.removeDirectory(this.#below({ kind: "change", path }));
  }

  renameAt(oldPath: string, newDescriptor: Descriptor, newPath: string): void {
    this.#context.budget.check();
    const from = this.#below({ kind: "change", path: oldPath });
    this.#granted.folder.rename(from, newDescriptor.#below({ kind: "change", path: newPath }));
  }

  symlinkAt(_: string, path: string): never {
    this.#context.budget.check();
    return this.#refuseLink(path);
  }

  unlinkFileAt(path: string): void {
    this.#context.budget.check();
    this.#granted.folder.removeFile(this.#below({ kind: "change", path }));
  }

  isSameObject(other: Descriptor): boolean {
    this.#context.budget.check();
    try {
      return this.#stat().identity === other.#stat().identity;
    } catch (thrown) {
      // What is gone is no object; the standard has no error here.
      if (thrown instanceof FolderError) return false;
      throw thrown;
    }
  }

  metadataHash() {
    this.#context.budget.check();
    return metadataHash(this.#stat());
  }

  metadataHashAt(_: PathFlags, path: string) {
    this.#context.budget.check();
    return metadataHash(this.#granted.folder.stat(this.#below({ kind: "stat", path })));
  }

  [Symbol.dispose](): void {
    if (this.#open !== undefined) this.#granted.closed(this.#open.file);
  }

  #stat(): FolderStat {
    return this.#open?.file.stat() ?? this.#granted.folder.stat(this.#names);
  }

  #file(): FolderFile {
    if (this.#open === undefined) throw new FolderError("bad-descriptor");
    return this.#open.file;
  }

  #readable(): FolderFile {
    const file = this.#file();
    if (!this.#open!.read) throw new FolderError("bad-descriptor");
    return file;
  }

  #writable(): FolderFile {
    const file = this.#file();
    if (!this.#open!.write) throw new FolderError("bad-descriptor");
    return file;
  }

  /** @returns where what comes next goes */
  #writeAll(bytes: Uint8Array, offset: bigint): bigint {
    let at = offset;
    for (let start = 0; start < bytes.length; ) {
      const count = this.write(bytes.subarray(start), at);
      start += Number(count);
      at += count;
    }
    return at;
  }

  /** Paths are relative to this folder; below a file there is nothing. */
  #below(call: FolderCall): readonly string[] {
    const names = this.#granted.names(call);
    if (this.#open !== undefined) throw new FolderError("not-directory");
    return [...this.#names, ...names];
  }

  /** Made or read, a link is about what may lie outside. */
  #refuseLink(path: string): never {
    this.#granted.names({ kind: "link", path });
    throw new FolderError("not-permitted");
  }
}

/** An offset or a size. @throws FolderError */
function position(bytes: bigint): number {
  if (bytes > BigInt(Number.MAX_SAFE_INTEGER)) throw new FolderError("file-too-large");
  return Number(bytes);
}

function folderTime(time: NewTimestamp): FolderTime {
  if (time.tag !== "timestamp") return time.tag === "now" ? "now" : undefined;
  const { seconds, nanoseconds } = time.val;
  // The year 275760: Date has no later one.
  if (seconds > 8_640_000_000_000n) throw new FolderError("invalid");
  return Number(seconds) * 1000 + nanoseconds / 1e6;
}

/** `descriptor-stat`. */
function statRecord({ type, size, links, accessedMs, modifiedMs, changedMs }: FolderStat) {
  return {
    type,
    linkCount: BigInt(links),
    size: BigInt(size),
    dataAccessTimestamp: datetime(accessedMs),
    dataModificationTimestamp: datetime(modifiedMs),
    statusChangeTimestamp: datetime(changedMs),
  };
}

/** `metadata-hash-value`: other for another object, and after each change. */
function metadataHash({ identity, size, changedMs }: FolderStat) {
  const changed = BigInt(Math.floor(changedMs * 1000));
  return {
    lower: BigInt.asUintN(64, hash(identity)),
    upper: BigInt.asUintN(64, (changed << 20n) ^ BigInt(size)),
  };
}

/** FNV-1a of 64 bits: short texts, nothing secret. */
function hash(text: string): bigint {
  let value = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index += 1) {
    value = BigInt.asUintN(64, (value ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n);
  }
  return value;
}
