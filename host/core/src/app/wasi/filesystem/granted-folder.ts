/** The folder of a run of an app: the platform's, its grant, and what was done with it. */

import type { FolderGrant } from "../../../board/app-entry.ts";
import { type Folder, FolderError } from "../../../folder/backend.ts";
import { type FolderCall, judgeFolder } from "../../../grants/folder.ts";
import { audit } from "../../../instance/context.ts";
import type { AppContext, AppFolder } from "../../context.ts";

/** An app that never closes what it opened must not take all descriptors of the host. */
const mostOpen = 64;

/** Something that is open until the app or its end closes it. */
interface Closable {
  close(): void;
}

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

/** See above. */
export class GrantedFolder implements Disposable {
  readonly #context: AppContext;
  readonly #appFolder: AppFolder;
  readonly #open = new Set<Closable>();
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

  /** Keeps an eye on what is opened until it is closed. @throws FolderError `quota` for too many; what `open` throws */
  opened<Opened extends Closable>(open: () => Opened): Opened {
    if (this.#open.size >= mostOpen) throw new FolderError("quota");
    const opened = open();
    this.#open.add(opened);
    return opened;
  }

  closed(opened: Closable): void {
    this.#open.delete(opened);
    opened.close();
  }

  [Symbol.dispose](): void {
    for (const each of this.#open) each.close();
    this.#open.clear();
  }

  #deny(call: string, denied: string, reason: string): void {
    audit({ ...this.#context, device: this.#context.app }, `folder.${call}`, denied, reason);
  }
}
