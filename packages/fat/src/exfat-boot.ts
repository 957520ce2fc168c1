/** The boot region of exFAT: "exFAT file system specification" (Microsoft, revision 1.00), section 3. No I/O. */

import { BOOT_SECTOR_BYTES, SIGNATURE, SIGNATURE_OFFSET } from "./bpb.ts";
import { damaged } from "./errors.ts";
import { FIRST_CLUSTER, type Geometry, isCluster } from "./geometry.ts";
import { Warnings } from "./warnings.ts";

const NAME = "EXFAT   ";
const MUST_BE_ZERO = { from: 11, to: 64 };

/** Sectors of a boot region: boot sector, eight extended ones, OEM parameters, reserved, checksum. */
export const BOOT_REGION_SECTORS = 12;

/** Section 3.1.9: 2^32 - 11. */
const MOST_CLUSTERS = 0xffff_fff5;
/** Section 3.1.15: clusters of 32 MiB. */
const MOST_CLUSTER_SHIFT = 25;

/** Whether a boot sector says that it is exFAT: section 3.1.2. */
export function isExfat(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(3, 11)) === NAME;
}

/**
 * Checks a boot sector.
 *
 * @param bytes its first 512 bytes
 * @param partitionBytes how large the partition is
 * @param warnings is told what was got along with, as Linux does (fs/exfat/super.c)
 * @throws DriverError `protocol` where it contradicts itself
 */
export function parseExfatBootSector(
  bytes: Uint8Array,
  partitionBytes: number,
  warnings = new Warnings(),
): Geometry {
  const view = new DataView(bytes.buffer, bytes.byteOffset, BOOT_SECTOR_BYTES);
  const require = (name: string, holds: boolean): void => {
    if (!holds) throw damaged(`${name} of its boot sector is wrong`);
  };
  require("BootSignature", view.getUint16(SIGNATURE_OFFSET, true) === SIGNATURE);
  require("MustBeZero", bytes.subarray(MUST_BE_ZERO.from, MUST_BE_ZERO.to).every((byte) => byte === 0));
  const revision = view.getUint16(104, true); // FileSystemRevision
  // Nobody has ever defined another one, and Linux does not look.
  if (revision >> 8 !== 1) {
    warnings.add(`The file system says that it is exFAT ${revision >> 8}: it is read as version 1.`);
  }
  const sectorShift = view.getUint8(108); // BytesPerSectorShift
  const clusterShift = sectorShift + view.getUint8(109); // SectorsPerClusterShift
  require("BytesPerSectorShift", sectorShift >= 9 && sectorShift <= 12);
  require("SectorsPerClusterShift", clusterShift <= MOST_CLUSTER_SHIFT);
  const bytesPerSector = 2 ** sectorShift;
  const clusterBytes = 2 ** clusterShift;
  const volumeSectors = view.getUint32(72, true) + view.getUint32(76, true) * 2 ** 32; // VolumeLength
  const fatSector = view.getUint32(80, true); // FatOffset
  const fatSectors = view.getUint32(84, true); // FatLength
  const heapSector = view.getUint32(88, true); // ClusterHeapOffset
  const claimedClusters = view.getUint32(92, true); // ClusterCount
  const rootCluster = view.getUint32(96, true); // FirstClusterOfRootDirectory
  const fats = view.getUint8(110); // NumberOfFats

  if (volumeSectors * bytesPerSector > partitionBytes) {
    warnings.add(
      `The file system has ${volumeSectors * bytesPerSector} bytes, and its partition only ${partitionBytes}: what lies beyond cannot be read.`,
    );
  }
  require("NumberOfFats", fats === 1 || fats === 2);
  // Both boot regions come first.
  require("FatOffset", fatSector >= 2 * BOOT_REGION_SECTORS);
  require("ClusterHeapOffset", heapSector >= fatSector + fatSectors * fats);
  require("ClusterCount", claimedClusters >= 1 && claimedClusters <= MOST_CLUSTERS);
  const fatBytes = fatSectors * bytesPerSector;
  const clusterCount = Math.min(claimedClusters, Math.floor(fatBytes / 4) - FIRST_CLUSTER);
  require("FatLength", clusterCount >= 1);
  if (clusterCount < claimedClusters) {
    warnings.add(
      `The FAT has room for ${clusterCount} of ${claimedClusters} clusters: the others are left out.`,
    );
  }
  if (clusterCount * clusterBytes > (volumeSectors - heapSector) * bytesPerSector) {
    warnings.add(`The file system has not enough room for its ${clusterCount} clusters.`);
  }
  require("FirstClusterOfRootDirectory", isCluster({ clusterCount }, rootCluster));
  // ActiveFat: with two FATs, bit 0 chooses.
  const activeFat = fats === 2 ? view.getUint16(106, true) & 1 : 0;
  return {
    kind: "exFAT",
    serialNumber: view.getUint32(100, true), // VolumeSerialNumber
    bytesPerSector,
    clusterBytes,
    clusterCount,
    fatOffset: fatSector * bytesPerSector + activeFat * fatBytes,
    fatBytes,
    heapOffset: heapSector * bytesPerSector,
    root: { firstCluster: rootCluster },
  };
}

/**
 * Checks the checksum over a boot region: section 3.4. VolumeFlags and PercentInUse, which change all the time, are not
 * in it.
 *
 * @param region 12 sectors
 * @throws DriverError `protocol`
 */
export function checkBootRegion(region: Uint8Array, bytesPerSector: number): void {
  const summed = (BOOT_REGION_SECTORS - 1) * bytesPerSector;
  let sum = 0;
  for (let index = 0; index < summed; index += 1) {
    if (index === 106 || index === 107 || index === 112) continue;
    sum = (((sum << 31) | (sum >>> 1)) + region[index]!) >>> 0;
  }
  const view = new DataView(region.buffer, region.byteOffset, region.byteLength);
  if (view.getUint32(summed, true) !== sum) throw damaged("the checksum of its boot region is wrong");
}
