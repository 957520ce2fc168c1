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
export function limitModule(module: Uint8Array<ArrayBuffer>, memoryMiB: number): LimitedModule {
  const maximumPages = Math.floor((memoryMiB * 1024 * 1024) / pageSize);
  const reader = new Reader(module, 8);
  let bytes = module;
  let pages = 0;
  let tableElements = 0;
  while (!reader.done) {
    const start = reader.at;
    const id = reader.byte();
    const section = reader.part();
    if (id === tableSection) tableElements += readTables(section);
    if (id !== memorySection) continue;
    const limited = new Writer(32);
    limited.byte(memorySection);
    const size = limited.keepSize();
    limited.u32(section.count());
    while (!section.done) {
      const { minimum, maximum } = readLimits(section);
      pages += minimum;
      limited.byte(1);
      limited.u32(minimum);
      limited.u32(Math.max(minimum, Math.min(maximum ?? maximumPages, maximumPages)));
    }
    limited.closeSize(size);
    bytes = replaced(module, start, reader.at, limited.finish());
  }
  return { bytes, pages, tableElements };
}

/** A module without a section of memories is used as it is: the largest are of that kind. */
function replaced(
  module: Uint8Array,
  start: number,
  end: number,
  section: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(module.length - (end - start) + section.length);
  bytes.set(module.subarray(0, start));
  bytes.set(section, start);
  bytes.set(module.subarray(end), start + section.length);
  return bytes;
}

/**
 * How many memories a module defines; each takes addresses. 0 where it is damaged: the engine says better what is wrong.
 *
 * @param module as a component has it; not trusted
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
