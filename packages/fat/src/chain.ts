import type { BlockSteps } from "@busbar/guest/blocks";
import { damaged } from "./errors.ts";
import type { FatTable } from "./fat-table.ts";
import { type Geometry, isCluster } from "./geometry.ts";

/**
 * A walk along a chain of clusters. A chain that goes round is found with Brent's algorithm (1980): in a number of steps
 * that is a small multiple of the chain's length, and with one remembered cluster, however large the volume says it is.
 */
export class Chain {
  readonly #table: FatTable;
  readonly #geometry: Geometry;
  /** exFAT's NoFatChain: how many clusters follow each other, without the FAT. */
  readonly #contiguous: boolean;
  #current: number | undefined;
  #marker: number;
  #steps = 0;
  #stepsToMarker = 1;

  /** @throws DriverError `protocol` where there is no cluster `first` */
  constructor(table: FatTable, geometry: Geometry, first: number, contiguous: boolean) {
    this.#table = table;
    this.#geometry = geometry;
    this.#contiguous = contiguous;
    this.#current = this.#checked(first);
    this.#marker = first;
  }

  /** The cluster that it has come to; undefined after the last one. */
  get current(): number | undefined {
    return this.#current;
  }

  /** How many clusters from the current one on lie one after the other, 1 to `most`. The walk does not move. */
  *run(most: number): BlockSteps<number> {
    let count = 1;
    for (let last = this.#current; last !== undefined && count < most; last += 1, count += 1) {
      if ((yield* this.#after(last)) !== last + 1) break;
    }
    return count;
  }

  /**
   * Moves on by `count` clusters that lie one after the other.
   *
   * @throws DriverError `protocol` where the chain breaks off in something that is no cluster, or goes round
   */
  *move(count: number): BlockSteps<void> {
    for (let moved = 1; moved < count; moved += 1) this.#arrive(this.#current! + 1);
    const next = yield* this.#after(this.#current!);
    if (next === undefined) this.#current = undefined;
    else this.#arrive(next);
  }

  /** Goes to the end: a chain that is longer than its file may be right, one without an end is not. */
  *finish(): BlockSteps<void> {
    // A contiguous run is as long as its file.
    if (this.#contiguous) this.#current = undefined;
    while (this.#current !== undefined) yield* this.move(1);
  }

  *#after(cluster: number): BlockSteps<number | undefined> {
    return this.#contiguous ? this.#checked(cluster + 1) : yield* this.#table.next(cluster);
  }

  #arrive(cluster: number): void {
    if (cluster === this.#marker) throw damaged(`a chain of clusters comes back to cluster ${cluster}`);
    this.#current = cluster;
    this.#steps += 1;
    if (this.#steps < this.#stepsToMarker) return;
    this.#marker = cluster;
    this.#steps = 0;
    this.#stepsToMarker *= 2;
  }

  #checked(cluster: number): number {
    if (isCluster(this.#geometry, cluster)) return cluster;
    throw damaged(`something of it is in cluster ${cluster}, which does not exist`);
  }
}
