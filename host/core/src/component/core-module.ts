/**
 * What a core module begins with, and the upper limit of its memories.
 *
 * Source: WebAssembly Core Specification 5.5.5 (table section), 5.5.6 (memory section) and 5.3.11 (limits).
 */

import { pageSize } from "./limits.ts";
import { LinkError, Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

const tableSection = 4;
const memorySection = 5;

/** A module with limits, and the initial sizes of what it defines. */
export interface LimitedModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly pages: number;
  readonly tableElements: number;
}

/**
 * Sets the maximum of each memory that a module defines to at most `memoryMiB`. The engine then reserves no more addresses
 * for it than that; what is counted together is counted where it grows.
 *
 * @param module one that the engine accepts
 * @throws LinkError where it has a memory or table that is not supported
 */
export function limitModule(module: Uint8Array, memoryMiB: number): LimitedModule {
  const maximumPages = Math.floor((memoryMiB * 1024 * 1024) / pageSize);
  const reader = new Reader(module, 8);
  const writer = new Writer(module.length + 16);
  writer.bytes(module.subarray(0, 8));
  let pages = 0;
  let tableElements = 0;
  while (!reader.done) {
    const start = reader.at;
    const id = reader.byte();
    const section = reader.part();
    if (id === tableSection) tableElements += readTables(section);
    if (id !== memorySection) {
      writer.bytes(module.subarray(start, reader.at));
      continue;
    }
    const limited = new Writer(16);
    limited.u32(section.count());
    while (!section.done) {
      const { minimum, maximum } = readLimits(section);
      pages += minimum;
      limited.byte(1);
      limited.u32(minimum);
      limited.u32(Math.max(minimum, Math.min(maximum ?? maximumPages, maximumPages)));
    }
    const contents = limited.finish();
    writer.byte(memorySection);
    writer.u32(contents.length);
    writer.bytes(contents);
  }
  return { bytes: writer.finish(), pages, tableElements };
}

/**
 * How many memories a core module defines.
 *
 * @param module not trusted; one that the engine will not accept has any number
 */
export function countMemories(module: Uint8Array): number {
  const reader = new Reader(module, Math.min(8, module.length));
  let count = 0;
  try {
    while (!reader.done) {
      const id = reader.byte();
      const section = reader.part();
      if (id === memorySection) count += section.count();
    }
  } catch (error) {
    // The engine says better what is wrong with it.
    if (!(error instanceof LinkError)) throw error;
  }
  return count;
}

function readTables(section: Reader): number {
  let elements = 0;
  for (let count = section.count(); count > 0; count -= 1) {
    // 0x40 0x00 begins a table with an initial value, which no tool chain here makes.
    if (section.byte() === 0x40) throw new LinkError("a table with an initial value is not supported");
    elements += readLimits(section).minimum;
  }
  return elements;
}

function readLimits(section: Reader): { minimum: number; maximum: number | undefined } {
  const form = section.byte();
  if (form > 1) throw new LinkError("shared and 64-bit memories and tables are not supported");
  return { minimum: section.u32(), maximum: form === 1 ? section.u32() : undefined };
}
