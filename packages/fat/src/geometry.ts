/** The four file systems. */
export type FatKind = "FAT12" | "FAT16" | "FAT32" | "exFAT";

/** A checked boot sector: where everything is. Offsets are bytes from the start of the partition. */
export interface Geometry {
  readonly kind: FatKind;
  /** BS_VolID or VolumeSerialNumber, 32 bits. */
  readonly serialNumber: number;
  /** 512 to 4096. */
  readonly bytesPerSector: number;
  readonly clusterBytes: number;
  /** They are numbered from 2 to `clusterCount` + 1. */
  readonly clusterCount: number;
  /** The FAT in force. */
  readonly fatOffset: number;
  readonly fatBytes: number;
  /** Cluster 2. */
  readonly heapOffset: number;
  /** FAT12 and FAT16 have a root directory of a fixed size; the others' is a chain of clusters. */
  readonly root: { readonly firstCluster: number } | { readonly offset: number; readonly bytes: number };
}

/** The number of the first cluster: entries 0 and 1 of a FAT are no clusters. */
export const FIRST_CLUSTER = 2;

/** Whether a cluster of this number exists. */
export function isCluster({ clusterCount }: Pick<Geometry, "clusterCount">, cluster: number): boolean {
  return cluster >= FIRST_CLUSTER && cluster < FIRST_CLUSTER + clusterCount;
}

/** Where a cluster begins. */
export function clusterOffset({ heapOffset, clusterBytes }: Geometry, cluster: number): number {
  return heapOffset + (cluster - FIRST_CLUSTER) * clusterBytes;
}
