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
  /** OSType; 0 for an entry that is not used. */
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

/** Whether an entry is used. */
export function isUsed({ type, startBlock, blockCount }: BootRecordEntry): boolean {
  return type !== 0 && startBlock !== 0 && blockCount !== 0;
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
  if (entries.some(({ status }) => (status & ~BOOTABLE) !== 0)) return undefined;
  return { diskSignature: view.getUint32(DISK_SIGNATURE_OFFSET, true), entries };
}

/**
 * Whether a block is the boot sector of a FAT or exFAT file system, which ends in 55 AA as well: "FAT: General Overview
 * of On-Disk Format" 1.03 section 3.1, "exFAT file system specification" section 3.1.
 *
 * @param bytes the block, at least 512 bytes
 */
export function isBootSector(bytes: Uint8Array): boolean {
  if (bytes.length < BOOT_RECORD_BYTES) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, BOOT_RECORD_BYTES);
  const jump = bytes[0]!;
  // JumpBoot: EB xx 90 or E9 xx xx.
  if (!((jump === 0xeb && bytes[2] === 0x90) || jump === 0xe9)) return false;
  const name = String.fromCharCode(...bytes.subarray(3, 11));
  if (name === "EXFAT   " || name === "NTFS    ") return true;
  const bytesPerSector = view.getUint16(11, true);
  const sectorsPerCluster = view.getUint8(13);
  const reservedSectors = view.getUint16(14, true);
  const fats = view.getUint8(16);
  const isPowerOfTwo = (value: number) => value > 0 && (value & (value - 1)) === 0;
  return (
    bytesPerSector >= 512 &&
    bytesPerSector <= 4096 &&
    isPowerOfTwo(bytesPerSector) &&
    isPowerOfTwo(sectorsPerCluster) &&
    reservedSectors > 0 &&
    fats >= 1 &&
    fats <= 4
  );
}
