import type { BlockSteps } from "@busbar/guest/blocks";
import { ENTRY_BYTES } from "./bpb.ts";
import type { Content } from "./content.ts";

/** What is read at a time: most directories are smaller. A multiple of an entry's 32 bytes. */
const CHUNK_BYTES = 16 * 1024;

/** A directory as entries of 32 bytes. */
export class Slots {
  readonly #content: Content;
  #chunk: Uint8Array = new Uint8Array();
  #offset = 0;

  constructor(content: Content) {
    this.#content = content;
  }

  /** The next 32 bytes; undefined at the end. They stay as they are until the chunk is forgotten: copy what is kept. */
  *next(): BlockSteps<Uint8Array | undefined> {
    if (this.#offset >= this.#chunk.length) {
      const chunk = yield* this.#content.chunk(CHUNK_BYTES);
      if (chunk === undefined) return undefined;
      this.#chunk = chunk;
      this.#offset = 0;
    }
    const slot = this.#chunk.subarray(this.#offset, this.#offset + ENTRY_BYTES);
    this.#offset += ENTRY_BYTES;
    return slot;
  }
}
