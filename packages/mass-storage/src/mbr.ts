/**
 * Master boot records: UEFI 2.10 section 5.2, and for extended partitions the format that DOS and all systems since
 * share. No I/O; nothing is read past the end.
 */

/** Bytes of a boot record; on disks with larger blocks, the rest of the block means nothing. */
export const BOOT_RECORD_BYTES = 512;

/** What the disk of a GPT has for systems that do not know GPT: UEFI 2.10 section 5.2.3. */
export const PROTECTIVE = 0xee;

/** Types of extended partitions: CHS, LBA, Linux. */
const extendedTypes = [0x05, 0x0f, 0x85];

const SIGNATURE_OFFSET = 510;
const DISK_SIGNATURE_OFFSET = 440;
const ENTRIES_OFFSET = 446;
const ENTRY_BYTES = 16;
const ENTRIES = 4;
const BOOTABLE = 0x80;

/** An entry of a boot record, as it is. */
export interface BootRecordEntry {
  /** 1 to 4. */
  readonly index: number;
  /** 0x80 for the one to boot from, 0x00 for others; anything else is no boot record. */
  readonly status: number;
  /** OSType; 0 for most entries that are not used. */
  readonly type: number;
  /** StartingLBA; in an extended boot record relative to it, or to the extended partition. */
  readonly startBlock: number;
  /** SizeInLBA. */
  readonly blockCount: number;
}

/** A boot record. */
export interface BootRecord {
  /** UniqueMBRDiskSignature. */
  readonly diskSignature: number;
  /** All four, used or not. */
  readonly entries: readonly BootRecordEntry[];
}

/** Whether an entry holds other partitions. */
export function isExtended({ type }: BootRecordEntry): boolean {
  return extendedTypes.includes(type);
}

/**
 * Whether an entry is used. One without blocks is not; one may begin with the record itself, and images for discs and sticks
 * have such a one of type 0 (xorrisofs, -isohybrid-gpt-basdat). Linux looks at the blocks alone as well.
 */
export function isUsed({ blockCount }: BootRecordEntry): boolean {
  return blockCount !== 0;
}

/** Whether it is marked as the one to boot from. */
export function isBootable({ status }: BootRecordEntry): boolean {
  return status === BOOTABLE;
}

/**
 * Reads a boot record.
 *
 * @param bytes the block, at least 512 bytes
 * @returns `undefined` for a block that is none: without the signature 55 AA, or with a status that no entry has
 */
export function parseBootRecord(bytes: Uint8Array): BootRecord | undefined {
  const record = parseExtendedBootRecord(bytes);
  return record?.entries.some(({ status }) => (status & ~BOOTABLE) !== 0) ? undefined : record;
}

/** The same for an extended boot record, whose status bytes nobody looks at: Linux, parse_extended. */
export function parseExtendedBootRecord(bytes: Uint8Array): BootRecord | undefined {
  if (bytes.length < BOOT_RECORD_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, BOOT_RECORD_BYTES);
  if (view.getUint16(SIGNATURE_OFFSET, true) !== 0xaa55) return undefined;
  const entries = Array.from({ length: ENTRIES }, (_, index): BootRecordEntry => {
    const offset = ENTRIES_OFFSET + index * ENTRY_BYTES;
    return {
      index: index + 1,
      status: view.getUint8(offset), // BootIndicator
      type: view.getUint8(offset + 4), // OSType
      startBlock: view.getUint32(offset + 8, true), // StartingLBA
      blockCount: view.getUint32(offset + 12, true), // SizeInLBA
    };
  });
  return { diskSignature: view.getUint32(DISK_SIGNATURE_OFFSET, true), entries };
}

/**
 * Whether a block is the boot sector of a FAT, exFAT or NTFS file system, which ends in 55 AA as well: "FAT: General Overview
 * of On-Disk Format" 1.03 section 3.1, "exFAT file system specification" section 3.1.
 *
 * @param bytes the block, at least 512 bytes
 */
export function isBootSector(bytes: Uint8Array): boolean {
  if (bytes.length < BOOT_RECORD_BYTES) return false;
  const jump = bytes[0]!;
  // JumpBoot: EB xx 90 or E9 xx xx.
  if (!((jump === 0xeb && bytes[2] === 0x90) || jump === 0xe9)) return false;
  const { bytesPerSector, sectorsPerCluster, reservedSectors, fats } = parametersOf(bytes);
  return (
    isNamed(bytes) ||
    (isSectorSize(bytesPerSector) &&
      isPowerOfTwo(sectorsPerCluster) &&
      reservedSectors > 0 &&
      fats >= 1 &&
      fats <= 4)
  );
}

/**
 * Whether a block is such a boot sector but for its first bytes, of which no system has need: everything that Linux asks of
 * one holds (fat_read_bpb, exfat_read_boot_sector). A partition table can look so too: only where it is empty, this counts.
 *
 * @param bytes the block, at least 512 bytes
 */
export function isBootSectorWithoutJump(bytes: Uint8Array): boolean {
  if (bytes.length < BOOT_RECORD_BYTES) return false;
  const fields = parametersOf(bytes);
  return (
    isNamed(bytes) ||
    (isSectorSize(fields.bytesPerSector) &&
      isPowerOfTwo(fields.sectorsPerCluster) &&
      fields.reservedSectors > 0 &&
      fields.fats > 0 &&
      (fields.media === 0xf0 || fields.media >= 0xf8) &&
      fields.fatSectors > 0 &&
      fields.totalSectors > 0)
  );
}

function isNamed(bytes: Uint8Array): boolean {
  const name = String.fromCharCode(...bytes.subarray(3, 11));
  return name === "EXFAT   " || name === "NTFS    ";
}

/** The fields of a BIOS parameter block by which it is known. */
function parametersOf(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, BOOT_RECORD_BYTES);
  return {
    bytesPerSector: view.getUint16(11, true), // BPB_BytsPerSec
    sectorsPerCluster: view.getUint8(13), // BPB_SecPerClus
    reservedSectors: view.getUint16(14, true), // BPB_RsvdSecCnt
    fats: view.getUint8(16), // BPB_NumFATs
    media: view.getUint8(21), // BPB_Media
    fatSectors: view.getUint16(22, true) || view.getUint32(36, true), // BPB_FATSz16, BPB_FATSz32
    totalSectors: view.getUint16(19, true) || view.getUint32(32, true), // BPB_TotSec16, BPB_TotSec32
  };
}

function isSectorSize(bytes: number): boolean {
  return bytes >= 512 && bytes <= 4096 && isPowerOfTwo(bytes);
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}
