/** Which part of the array the status registers protect (W25Q128JV, revision F, sections 7.1.16 and 7.1.17). */

/** SR1. */
const BP_UNIT = 4;
const TB = 0x20;
const SEC = 0x40;
/** SR2. */
const CMP = 0x40;

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
  return Math.floor(status2 / CMP) % 2 === 1 ? !inside : inside;
}

/** Without CMP. */
export function protectedRange(size: number, status1: number): ByteRange {
  const bp = Math.floor(status1 / BP_UNIT) % 8;
  const length = bp === 0 ? 0 : bp === 7 ? size : partOf(bp, size, Math.floor(status1 / SEC) % 2 === 1);
  const fromBottom = Math.floor(status1 / TB) % 2 === 1;
  return fromBottom ? { from: 0, to: length } : { from: size - length, to: size };
}

/** By sectors: 4 to 32 KiB. By blocks: a 64th to a half. */
function partOf(bp: number, size: number, bySectors: boolean): number {
  return bySectors ? Math.min(4096 * 2 ** (bp - 1), 32_768) : size / 2 ** (7 - bp);
}
