import type { FolderFile } from "../../../folder/backend.ts";
import type { Inlet } from "../input.ts";

/** A file that is read from a place on. */
export class FileInlet implements Inlet {
  readonly isReady = true;
  readonly #file: FolderFile;
  #offset: number;

  constructor(file: FolderFile, offset: number) {
    this.#file = file;
    this.#offset = offset;
  }

  /** @throws FolderError */
  take(maximum: number): Uint8Array | undefined {
    const bytes = this.#file.read(maximum, this.#offset);
    this.#offset += bytes.length;
    return bytes.length === 0 && maximum > 0 ? undefined : bytes;
  }

  change(): Promise<void> {
    return Promise.resolve();
  }
}
