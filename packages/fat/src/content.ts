/** The bytes of a file or a directory, in order, in as few requests as its clusters allow. */

import type { BlockSteps } from "@busbar/guest/blocks";
import { Chain } from "./chain.ts";
import { damaged } from "./errors.ts";
import type { FatTable } from "./fat-table.ts";
import { clusterOffset, type Geometry } from "./geometry.ts";
import type { Medium } from "./medium.ts";

/** What a volume's files are read from. */
export interface Store {
  readonly medium: Medium;
  readonly geometry: Geometry;
  readonly table: FatTable;
}

/** Where a file's bytes are. */
export interface DataLocation {
  /** 0 where nothing is allocated. */
  readonly firstCluster: number;
  /** exFAT's NoFatChain: the clusters follow each other, and the FAT says nothing about them. */
  readonly contiguous: boolean;
  /** exFAT's ValidDataLength: what follows was never written, and is zeros whatever the medium has there. */
  readonly validBytes: number;
}

/** A source of bytes that is read once. */
export interface Content {
  /**
   * What comes next: 1 to `most` bytes, or undefined at the end.
   *
   * @throws DriverError `protocol` where the medium contradicts itself
   */
  chunk(most: number): BlockSteps<Uint8Array | undefined>;
}

/** A range of the medium: FAT12's and FAT16's root directory. */
export class RangeContent implements Content {
  readonly #medium: Medium;
  #offset: number;
  #left: number;

  constructor(medium: Medium, range: { readonly offset: number; readonly bytes: number }) {
    this.#medium = medium;
    this.#offset = range.offset;
    this.#left = range.bytes;
  }

  *chunk(most: number): BlockSteps<Uint8Array | undefined> {
    if (this.#left === 0) return undefined;
    const length = this.#medium.there(this.#offset, Math.min(most, this.#left));
    const bytes = yield* this.#medium.read(this.#offset, length);
    this.#offset += length;
    this.#left -= length;
    return bytes;
  }
}

/** What is in a chain of clusters. */
export class ChainContent implements Content {
  readonly #store: Store;
  readonly #chain: Chain;
  /** As many bytes as the directory entry says; directories of FAT have no size and end with their chain. */
  readonly #sized: boolean;
  #left: number;
  #validLeft: number;
  /** In the current cluster. */
  #offset = 0;
  #finished = false;

  /** @param limit for what has no size: more bytes than this are damage */
  private constructor(store: Store, location: DataLocation, sized: boolean, limit: number) {
    this.#store = store;
    this.#chain = new Chain(store.table, store.geometry, location.firstCluster, location.contiguous);
    this.#sized = sized;
    this.#left = limit;
    this.#validLeft = Math.min(location.validBytes, limit);
  }

  /** A file or directory of `bytes` bytes, at least 1. @throws DriverError `protocol` where its first cluster is wrong */
  static sized(store: Store, location: DataLocation, bytes: number): ChainContent {
    const { clusterBytes, clusterCount } = store.geometry;
    // Also the bound of all reading: no file is larger than its volume.
    if (bytes > clusterBytes * clusterCount) {
      throw damaged(`a file of ${bytes} bytes cannot be on a volume of ${clusterBytes * clusterCount}`);
    }
    return new ChainContent(store, location, true, bytes);
  }

  /** A directory that goes as far as its chain. @throws DriverError `protocol` where its first cluster is wrong */
  static unsized(store: Store, firstCluster: number, limit: number): ChainContent {
    return new ChainContent(store, { firstCluster, contiguous: false, validBytes: limit }, false, limit);
  }

  *chunk(most: number): BlockSteps<Uint8Array | undefined> {
    if (this.#left === 0) {
      yield* this.#finish();
      return undefined;
    }
    const { medium, geometry } = this.#store;
    if (this.#validLeft === 0) {
      // Zeros take no reading, so nothing else would end them.
      if (this.#left > medium.bytes) {
        throw damaged(
          `a file has ${this.#left} bytes that were never written, and its medium ${medium.bytes}`,
        );
      }
      return this.#zeros(Math.min(most, this.#left));
    }
    const first = this.#chain.current;
    if (first === undefined) {
      if (!this.#sized) return undefined;
      throw damaged(`a file's chain of clusters ends ${this.#left} bytes before the file`);
    }
    const wanted = Math.min(most, this.#validLeft);
    const clusters = yield* this.#chain.run(Math.ceil((this.#offset + wanted) / geometry.clusterBytes));
    const offset = clusterOffset(geometry, first) + this.#offset;
    const length = medium.there(offset, Math.min(wanted, clusters * geometry.clusterBytes - this.#offset));
    const bytes = yield* medium.read(offset, length);
    yield* this.#pass(length);
    return bytes;
  }

  /** Passes over `count` bytes, at most as many as there are, without reading them. */
  *skip(count: number): BlockSteps<void> {
    let left = Math.min(count, this.#left);
    while (left > 0 && this.#validLeft > 0) {
      const { clusterBytes } = this.#store.geometry;
      const step = Math.min(left, clusterBytes - this.#offset, this.#validLeft);
      if (this.#chain.current === undefined) throw damaged("a file's chain of clusters ends before the file");
      yield* this.#pass(step);
      left -= step;
    }
    this.#left -= left;
  }

  /** Moves on by bytes that were read, which are in clusters that lie one after the other. */
  *#pass(length: number): BlockSteps<void> {
    const { clusterBytes } = this.#store.geometry;
    this.#left -= length;
    this.#validLeft -= length;
    const end = this.#offset + length;
    const passed = Math.floor(end / clusterBytes);
    this.#offset = end - passed * clusterBytes;
    // After the last byte there need not be another cluster.
    if (passed > 0 && this.#validLeft > 0) yield* this.#chain.move(passed);
  }

  #zeros(length: number): Uint8Array {
    this.#left -= length;
    return new Uint8Array(length);
  }

  *#finish(): BlockSteps<void> {
    if (this.#finished) return;
    this.#finished = true;
    if (!this.#sized) throw damaged("a directory is larger than directories can be");
    yield* this.#chain.finish();
  }
}
