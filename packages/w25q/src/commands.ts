/**
 * Instructions and status bits of the W25Q family, named as in the data sheet of the W25Q128JV, revision F: section 8.1.2
 * "Instruction Set Table 1 (Standard SPI Instructions)", section 7.1 "Status Registers"; those with an address of four bytes as in
 * the W25Q256JV's, revision G, section 8.1.2.
 */

/** Instructions; an address follows where the name says READ_DATA, PAGE_PROGRAM or SECTOR_ERASE. */
export const Command = {
  WRITE_ENABLE: 0x06,
  READ_STATUS_REGISTER_1: 0x05,
  READ_STATUS_REGISTER_2: 0x35,
  READ_DATA: 0x03,
  READ_DATA_4_BYTE: 0x13,
  PAGE_PROGRAM: 0x02,
  PAGE_PROGRAM_4_BYTE: 0x12,
  SECTOR_ERASE: 0x20,
  SECTOR_ERASE_4_BYTE: 0x21,
  RELEASE_POWER_DOWN: 0xab,
  JEDEC_ID: 0x9f,
} as const;

/** Status register 1 (section 7.1). */
export const Status1 = {
  /** An erase or a program runs; nothing else but reading the status is accepted. */
  BUSY: 1 << 0,
  /** A write is enabled. */
  WEL: 1 << 1,
  /** Which part of the array is protected, BP2 to BP0; CMP of status register 2 turns it round. */
  BP: 0b111 << 2,
  /** The same of a part above 16 MiB, which has BP3 (W25Q256JV, revision G, section 7.1). */
  BP_4_BYTE: 0b1111 << 2,
} as const;

/** Status register 2 (section 7.1). */
export const Status2 = { CMP: 1 << 6 } as const;

/** Bytes of a page: the most that is programmed at once, and never across its end (section 8.2.13). */
export const PAGE_BYTES = 256;
/** Bytes of a sector: the least that can be erased (section 8.2.15), and so a block here. */
export const SECTOR_BYTES = 4096;

/** The longest times, in milliseconds (section 9.6, "AC Electrical Characteristics"). */
export const PAGE_PROGRAM_MS = 3;
export const SECTOR_ERASE_MS = 400;
/** t_RES1, from a release of power-down until an instruction is taken: 3 µs. */
export const RELEASE_NS = 3000;
