import type { FolderEntries, FolderEntry } from "../../../folder/backend.ts";
import type { AppContext } from "../../context.ts";
import type { GrantedFolder } from "./granted-folder.ts";

/** wasi:filesystem/types `directory-entry-stream`. */
export class DirectoryEntryStream implements Disposable {
  readonly #context: AppContext;
  readonly #granted: GrantedFolder;
  readonly #entries: FolderEntries;

  constructor(context: AppContext, granted: GrantedFolder, entries: FolderEntries) {
    this.#context = context;
    this.#granted = granted;
    this.#entries = entries;
  }

  readDirectoryEntry(): FolderEntry | undefined {
    this.#context.budget.check();
    return this.#entries.next();
  }

  [Symbol.dispose](): void {
    this.#granted.closed(this.#entries);
  }
}
