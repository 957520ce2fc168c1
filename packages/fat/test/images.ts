/** Images made by other people's tools (scripts/make-images.mjs), as disks. */

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { BlockReader } from "@busbar/guest/blocks";

/** What was written to every image that is not empty. */
export interface TreeFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** Where it is only on images of one kind. */
  readonly only?: string;
}

/** An image, and how it was made. */
export interface ImageRecord {
  readonly name: string;
  readonly command: string;
  readonly blockSize: number;
  readonly label: string;
  readonly serialNumber: number;
  readonly empty?: boolean;
  readonly bytes: number;
  /** Offset and length of what is not zero, in multiples of 512. */
  readonly runs: readonly [number, number][];
  readonly data: string;
}

const file = JSON.parse(readFileSync(new URL("./vectors/images.json", import.meta.url), "utf8")) as {
  modified: string;
  tree: TreeFile[];
  images: ImageRecord[];
};

export const { images, tree, modified } = file;

const SECTOR = 512;

/** A disk of which only what is not zero is kept. */
export class SparseDisk implements BlockReader {
  readonly blockSize: number;
  readonly blockCount: number;
  readonly reads: { firstBlock: number; count: number }[] = [];
  readonly #sectors: Map<number, Uint8Array>;
  /** Bytes that were read. A program that reads without end must be seen to fail. */
  budget = Number.POSITIVE_INFINITY;

  constructor(bytes: number, blockSize: number, sectors = new Map<number, Uint8Array>()) {
    this.blockSize = blockSize;
    this.blockCount = Math.floor(bytes / blockSize);
    this.#sectors = sectors;
  }

  read(firstBlock: number, count: number): Uint8Array {
    if (firstBlock < 0 || count < 1 || firstBlock + count > this.blockCount) {
      throw new Error(
        `blocks ${firstBlock} to ${firstBlock + count - 1} of ${this.blockCount} were asked for`,
      );
    }
    this.reads.push({ firstBlock, count });
    return this.bytes(firstBlock * this.blockSize, count * this.blockSize);
  }

  /** Bytes from an offset on, both multiples of 512. */
  bytes(offset: number, length: number): Uint8Array {
    this.budget -= length;
    if (this.budget < 0) throw new Error("more was read than there can be reason to");
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += SECTOR) {
      const sector = this.#sectors.get((offset + at) / SECTOR);
      if (sector !== undefined) bytes.set(sector, at);
    }
    return bytes;
  }

  /** Changes bytes. */
  poke(offset: number, values: Iterable<number>): this {
    let at = offset;
    for (const value of values) {
      const index = Math.floor(at / SECTOR);
      let sector = this.#sectors.get(index);
      if (sector === undefined) {
        sector = new Uint8Array(SECTOR);
        this.#sectors.set(index, sector);
      }
      sector[at % SECTOR] = value;
      at += 1;
    }
    return this;
  }

  /** The same contents, on their own. */
  copy(blockSize = this.blockSize): SparseDisk {
    const sectors = new Map([...this.#sectors].map(([index, sector]) => [index, Uint8Array.from(sector)]));
    return new SparseDisk(this.blockCount * this.blockSize, blockSize, sectors);
  }

  /** The offsets of what is not zero. */
  get offsets(): number[] {
    return [...this.#sectors.keys()].map((index) => index * SECTOR);
  }
}

const unpacked = new Map<string, SparseDisk>();

/** The disk of an image; changes to it are the caller's own. */
export function diskOf(name: string, blockSize?: number): SparseDisk {
  let disk = unpacked.get(name);
  if (disk === undefined) {
    const image = images.find((each) => each.name === name);
    if (image === undefined) throw new Error(`there is no image "${name}"`);
    const data = gunzipSync(Buffer.from(image.data, "base64"));
    disk = new SparseDisk(image.bytes, image.blockSize);
    let at = 0;
    for (const [offset, length] of image.runs) {
      disk.poke(offset, data.subarray(at, at + length));
      at += length;
    }
    unpacked.set(name, disk);
  }
  return disk.copy(blockSize);
}
