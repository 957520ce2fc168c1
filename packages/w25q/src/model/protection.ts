/**
 * Which part of the array the status registers protect (W25Q128JV, revision F, sections 7.1.16 and 7.1.17; W25Q256JV, revision G, section
 * 7.1, for parts above 16 MiB).
 */

/** SR1. */
const BP_UNIT = 4;
const TB = 0x20;
const SEC = 0x40;
/** Above 16 MiB BP3 is in the place of TB, TB in that of SEC, and there is no SEC. */
const TB_ABOVE_16_MIB = 0x40;
/** SR2. */
const CMP = 0x40;

const LARGEST_WITH_3_BITS = 2 ** 24;
const BLOCK = 65_536;

/** A range of bytes; empty where both are the same. */
export interface ByteRange {
  readonly from: number;
  /** The first byte after it. */
  readonly to: number;
}

/** Whether a byte is protected. Individual block locks (WPS) are not simulated. */
export function isProtected(address: number, size: number, status1: number, status2: number): boolean {
  const { from, to } = protectedRange(size, status1);
  const inside = address >= from && address < to;
  return hasBit(status2, CMP) ? !inside : inside;
}

/** Without CMP. */
export function protectedRange(size: number, status1: number): ByteRange {
  const length = Math.min(
    size,
    size > LARGEST_WITH_3_BITS ? lengthBy4Bits(status1) : lengthBy3Bits(size, status1),
  );
  const fromBottom = hasBit(status1, size > LARGEST_WITH_3_BITS ? TB_ABOVE_16_MIB : TB);
  return fromBottom ? { from: 0, to: length } : { from: size - length, to: size };
}

/** BP2 to BP0: by sectors of 4 to 32 KiB; by blocks from a 64th of the array on, or from 64 KiB where that is more; or all of it. */
function lengthBy3Bits(size: number, status1: number): number {
  const bp = Math.floor(status1 / BP_UNIT) % 8;
  if (bp === 0 || bp === 7) return bp === 0 ? 0 : size;
  return hasBit(status1, SEC)
    ? Math.min(4096 * 2 ** (bp - 1), 32_768)
    : Math.max(BLOCK, size / 64) * 2 ** (bp - 1);
}

/** BP3 to BP0: from 64 KiB on. */
function lengthBy4Bits(status1: number): number {
  const bp = Math.floor(status1 / BP_UNIT) % 16;
  return bp === 0 ? 0 : BLOCK * 2 ** (bp - 1);
}

function hasBit(status: number, bit: number): boolean {
  return Math.floor(status / bit) % 2 === 1;
}
