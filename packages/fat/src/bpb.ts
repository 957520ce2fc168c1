/**
 * The BIOS parameter block of FAT12, FAT16 and FAT32: "FAT: General Overview of On-Disk Format" (Microsoft, version
 * 1.03), "Boot Sector and BPB" and "FAT Type Determination". No I/O.
 */

import { damaged, noFileSystem } from "./errors.ts";
import { FIRST_CLUSTER, type Geometry, isCluster } from "./geometry.ts";
import { Warnings } from "./warnings.ts";

/** Bytes of a boot sector that mean something; sectors can be larger. */
export const BOOT_SECTOR_BYTES = 512;

/** Offset and value of the signature at the end of them. */
export const SIGNATURE_OFFSET = 510;
export const SIGNATURE = 0xaa55;

/** Bytes of a directory entry. */
export const ENTRY_BYTES = 32;

/** The count of clusters alone tells the types apart: "FAT Type Determination". */
const FAT16_FROM_CLUSTERS = 4085;
const FAT32_FROM_CLUSTERS = 65_525;
/** What the bits of an entry can say, less the values that mean something else. */
const MOST_CLUSTERS = { FAT12: FAT16_FROM_CLUSTERS - 1, FAT16: FAT32_FROM_CLUSTERS - 1, FAT32: 0x0fff_fff5 };

const SectorSizes: readonly number[] = [512, 1024, 2048, 4096];

/**
 * Checks a boot sector, as Linux does (fs/fat/inode.c): neither the jump at its start nor the signature at its end matter, and
 * what is larger than it can be is as large as it can be.
 *
 * @param bytes its first 512 bytes
 * @param partitionBytes how large the partition is
 * @param warnings is told what was got along with
 * @throws DriverError `wrong-device` where it is none; `protocol` where it contradicts itself
 */
export function parseBpb(bytes: Uint8Array, partitionBytes: number, warnings = new Warnings()): Geometry {
  const view = new DataView(bytes.buffer, bytes.byteOffset, BOOT_SECTOR_BYTES);
  const bytesPerSector = view.getUint16(11, true); // BPB_BytsPerSec
  const sectorsPerCluster = view.getUint8(13); // BPB_SecPerClus
  const reservedSectors = view.getUint16(14, true); // BPB_RsvdSecCnt
  const fats = view.getUint8(16); // BPB_NumFATs
  const rootEntries = view.getUint16(17, true); // BPB_RootEntCnt
  const totalSectors16 = view.getUint16(19, true); // BPB_TotSec16
  const media = view.getUint8(21); // BPB_Media
  const fatSectors16 = view.getUint16(22, true); // BPB_FATSz16
  const totalSectors = totalSectors16 || view.getUint32(32, true); // BPB_TotSec32
  const fatSectors = fatSectors16 || view.getUint32(36, true); // BPB_FATSz32

  requireField("BPB_BytsPerSec", bytesPerSector, SectorSizes.includes(bytesPerSector));
  requireField("BPB_SecPerClus", sectorsPerCluster, isPowerOfTwo(sectorsPerCluster));
  requireField("BPB_RsvdSecCnt", reservedSectors, reservedSectors > 0);
  requireField("BPB_NumFATs", fats, fats > 0);
  requireField("BPB_Media", media, media === 0xf0 || media >= 0xf8);
  requireField("BPB_FATSz32", fatSectors, fatSectors > 0);
  requireField("BPB_TotSec32", totalSectors, totalSectors > 0);

  const rootSectors = Math.ceil((rootEntries * ENTRY_BYTES) / bytesPerSector);
  const firstDataSector = reservedSectors + fats * fatSectors + rootSectors;
  const claimedClusters = Math.floor((totalSectors - firstDataSector) / sectorsPerCluster);
  if (claimedClusters < 1) throw damaged("its boot sector leaves no room for files");
  if (totalSectors * bytesPerSector > partitionBytes) {
    warnings.add(
      `The file system has ${totalSectors * bytesPerSector} bytes, and its partition only ${partitionBytes}: what lies beyond cannot be read.`,
    );
  }
  const kind = kindOf(claimedClusters, fatSectors16);
  const fatBytes = fatSectors * bytesPerSector;
  const entryBits = { FAT12: 12, FAT16: 16, FAT32: 32 }[kind];
  const knownClusters = Math.floor((fatBytes * 8) / entryBits) - FIRST_CLUSTER;
  const clusterCount = Math.min(claimedClusters, knownClusters);
  if (clusterCount < claimedClusters) {
    warnings.add(
      `The FAT has room for ${clusterCount} of ${claimedClusters} clusters: the others are left out.`,
    );
  }
  if (clusterCount < 1 || clusterCount > MOST_CLUSTERS[kind]) {
    throw damaged(`it has ${clusterCount} clusters, which no ${kind} has`);
  }
  const common = {
    kind,
    bytesPerSector,
    clusterBytes: sectorsPerCluster * bytesPerSector,
    clusterCount,
    fatBytes,
    heapOffset: firstDataSector * bytesPerSector,
  };
  const fatOffset = reservedSectors * bytesPerSector;
  if (kind !== "FAT32") {
    return {
      ...common,
      serialNumber: view.getUint32(39, true), // BS_VolID
      fatOffset,
      root: { offset: fatOffset + fats * fatBytes, bytes: rootEntries * ENTRY_BYTES },
    };
  }
  const fat32 = fat32Fields(view, fats, warnings);
  if (!isCluster(common, fat32.rootCluster)) {
    throw damaged(`its root directory is in cluster ${fat32.rootCluster}, which does not exist`);
  }
  return {
    ...common,
    serialNumber: view.getUint32(67, true), // BS_VolID
    fatOffset: fatOffset + fat32.activeFat * fatBytes,
    root: { firstCluster: fat32.rootCluster },
  };
}

/** The fields that only FAT32 has. FSInfo is left alone: it is a hint, and only for writing. */
function fat32Fields(view: DataView, fats: number, warnings: Warnings) {
  const flags = view.getUint16(40, true); // BPB_ExtFlags
  const version = view.getUint16(42, true); // BPB_FSVer
  // Nobody has ever defined another one, and Linux does not look.
  if (version !== 0) {
    warnings.add(`The file system says that it is FAT32 of version ${version}: it is read as version 0.`);
  }
  // Bit 7: FATs are not mirrored, and bits 0 to 3 are the number of the one in force.
  const activeFat = (flags & 0x80) === 0 ? 0 : flags & 0x0f;
  if (activeFat >= fats)
    warnings.add(`There is no FAT ${activeFat}, which is to be in force: FAT 0 is used.`);
  return {
    activeFat: activeFat < fats ? activeFat : 0,
    rootCluster: view.getUint32(44, true), // BPB_RootClus
  };
}

/**
 * "FAT Type Determination", but for two cases. Formatters make FAT32 with fewer clusters than it allows when they are told to:
 * only FAT32 has no BPB_FATSz16, and its layout has no fixed root directory, so that is what they must be read as. And what is
 * said to have more clusters than FAT16 can have has as many as its FAT. Windows and Linux do the same.
 */
function kindOf(clusterCount: number, fatSectors16: number): "FAT12" | "FAT16" | "FAT32" {
  if (fatSectors16 === 0) return "FAT32";
  return clusterCount < FAT16_FROM_CLUSTERS ? "FAT12" : "FAT16";
}

function requireField(name: string, value: number, holds: boolean): void {
  if (!holds) throw noFileSystem(`${name} is ${value}`);
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}
