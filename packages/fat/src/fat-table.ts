/** The file allocation table: which cluster follows which. FAT "FAT Data Structure", exFAT section 4.1. */

import type { BlockSteps } from "@busbar/guest/blocks";
import { damaged } from "./errors.ts";
import { type FatKind, type Geometry, isCluster } from "./geometry.ts";
import type { Medium } from "./medium.ts";

/**
 * The first value that ends a chain, for Linux (fat_ent_get, exfat_ent_get): of FAT the mark of a bad cluster is one, and of
 * exFAT the reserved ones that follow that mark are, besides the only one of the specification.
 */
const END: Readonly<Record<FatKind, number>> = {
  FAT12: 0xff7,
  FAT16: 0xfff7,
  FAT32: 0x0fff_fff7,
  exFAT: 0xffff_fff8,
};

/** Bytes that are read and kept at a time: a multiple of 12, so that no entry of any kind lies across two windows. */
const WINDOW_BYTES = 24 * 1024;
const KEPT_WINDOWS = 4;

/** One volume's FAT; what was read last is kept. */
export class FatTable {
  readonly #medium: Medium;
  readonly #geometry: Geometry;
  /** In the order of their use, the latest last. */
  readonly #windows = new Map<number, DataView>();

  constructor(medium: Medium, geometry: Geometry) {
    this.#medium = medium;
    this.#geometry = geometry;
  }

  /**
   * The cluster after `cluster`; undefined where it is the last one.
   *
   * @throws DriverError `protocol` where the chain leads to a free or impossible cluster
   */
  *next(cluster: number): BlockSteps<number | undefined> {
    const { kind } = this.#geometry;
    const value = yield* this.#entry(cluster);
    if (value >= END[kind]) return undefined;
    if (isCluster(this.#geometry, value)) return value;
    throw damaged(`after cluster ${cluster} its FAT has ${value}, which is no cluster`);
  }

  *#entry(cluster: number): BlockSteps<number> {
    switch (this.#geometry.kind) {
      case "FAT12": {
        const offset = cluster + (cluster >> 1);
        const view = yield* this.#window(offset);
        const pair = view.getUint16(offset % WINDOW_BYTES, true);
        return (cluster & 1) === 0 ? pair & 0xfff : pair >> 4;
      }
      case "FAT16":
        return (yield* this.#window(cluster * 2)).getUint16((cluster * 2) % WINDOW_BYTES, true);
      case "FAT32":
        // The upper four bits are reserved.
        return (yield* this.#window(cluster * 4)).getUint32((cluster * 4) % WINDOW_BYTES, true) & 0x0fff_ffff;
      case "exFAT":
        return (yield* this.#window(cluster * 4)).getUint32((cluster * 4) % WINDOW_BYTES, true);
    }
  }

  /** The part of the FAT that the byte at `offset` is in. */
  *#window(offset: number): BlockSteps<DataView> {
    const index = Math.floor(offset / WINDOW_BYTES);
    let view = this.#windows.get(index);
    if (view === undefined) {
      const start = index * WINDOW_BYTES;
      const { fatOffset, fatBytes } = this.#geometry;
      const bytes = yield* this.#medium.read(fatOffset + start, Math.min(WINDOW_BYTES, fatBytes - start));
      view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const [oldest] = this.#windows.keys();
      if (oldest !== undefined && this.#windows.size >= KEPT_WINDOWS) this.#windows.delete(oldest);
    } else {
      this.#windows.delete(index);
    }
    this.#windows.set(index, view);
    return view;
  }
}
