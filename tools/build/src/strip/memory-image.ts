/**
 * Writes the memory that a driver starts with anew: without what is dead in it, and in few pieces. componentize-qjs runs
 * the driver's module and takes the memory as it then is, each run of bytes that are not zero as a data segment of its
 * own: 9,000 of them, whose places compress worse than the zeros between them.
 *
 * Source: WebAssembly Core Specification 5.5.8 (memories), 5.5.9 (globals), 5.5.10 (exports), 5.5.14 (data).
 */

import { Reader, coreSectionId as sectionId, Writer } from "@busbar/host/component";
import { writeListSection } from "../component/core-section.ts";
import { readS32 } from "../core-module/signed.ts";
import { clearFreeMemory } from "./free-memory.ts";

const pageSize = 65_536;

/** Shorter runs of zeros than this stay within a piece, in bytes. */
const shortestGap = 64;

/** A section of a core module: its id and its contents. */
interface Section {
  readonly id: number;
  readonly contents: Reader;
  /** With its head. */
  readonly bytes: Uint8Array;
}

/**
 * The same module, if its memory is such an image; else as it is.
 *
 * @throws LinkError when the module is damaged
 */
export function compactImage(module: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const sections = sectionsOf(module);
  const contentsOf = (id: number) => sections.find((section) => section.id === id)?.contents;
  const data = contentsOf(sectionId.data);
  const pages = minimumOf(contentsOf(sectionId.memory));
  if (data === undefined || pages === undefined || contentsOf(sectionId.dataCount) !== undefined)
    return module;
  const memory = new Uint8Array(pages * pageSize);
  if (!fill(memory, data)) return module;
  clearFreeMemory(memory, exportedNumbers(contentsOf(sectionId.global), contentsOf(sectionId.export)));
  const w = new Writer(module.length);
  w.bytes(module.subarray(0, 8));
  for (const { id, bytes } of sections) {
    if (id === sectionId.data) writeData(w, memory);
    else w.bytes(bytes);
  }
  return w.finish();
}

function sectionsOf(module: Uint8Array): Section[] {
  const reader = new Reader(module, 8);
  const sections: Section[] = [];
  while (!reader.done) {
    const start = reader.at;
    const id = reader.byte();
    const contents = reader.part();
    sections.push({ id, contents, bytes: module.subarray(start, reader.at) });
  }
  return sections;
}

/** The pages that a module's only memory begins with; undefined where there is another number of memories. */
function minimumOf(contents: Reader | undefined): number | undefined {
  if (contents === undefined || contents.u32() !== 1) return undefined;
  // Shared and 64-bit memories have other flags.
  return contents.byte() > 1 ? undefined : contents.u32();
}

/** Puts the segments into the memory. @returns false where one is passive, or at a place that is computed */
function fill(memory: Uint8Array, data: Reader): boolean {
  for (let count = data.u32(); count > 0; count -= 1) {
    if (data.byte() !== 0x00) return false;
    const at = constantOf(data);
    const bytes = data.part().rest();
    if (at === undefined || at + bytes.length > memory.length) return false;
    memory.set(bytes, at);
  }
  return true;
}

/** 5.4.9: the value of `i32.const` alone. */
function constantOf(reader: Reader): number | undefined {
  if (reader.byte() !== 0x41) return undefined;
  const value = readS32(reader);
  // Addresses of 2 GiB and more, which are negative numbers, are in no image.
  return value >= 0 && reader.byte() === 0x0b ? value : undefined;
}

/** The values that exported globals begin with, by name. */
function exportedNumbers(globals: Reader | undefined, exports: Reader | undefined): Map<string, number> {
  const found = new Map<string, number>();
  if (globals === undefined || exports === undefined) return found;
  const values: (number | undefined)[] = [];
  for (let count = globals.u32(); count > 0; count -= 1) {
    globals.skip(2);
    const value = constantOf(globals);
    // What comes behind another expression is not read.
    if (value === undefined) break;
    values.push(value);
  }
  for (let count = exports.u32(); count > 0; count -= 1) {
    const name = exports.text();
    const value = exports.byte() === 0x03 ? values[exports.u32()] : void exports.u32();
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

function writeData(w: Writer, memory: Uint8Array): void {
  writeListSection(w, sectionId.data, piecesOf(memory), ([start, end]) => {
    w.bytes([0x00, 0x41]);
    w.s32(start);
    w.byte(0x0b);
    w.u32(end - start);
    w.copy(memory, start, end);
  });
}

function piecesOf(memory: Uint8Array): [start: number, end: number][] {
  const pieces: [number, number][] = [];
  for (let at = 0; at < memory.length; at += 1) {
    if (memory[at] === 0) continue;
    const last = pieces.at(-1);
    if (last !== undefined && at - last[1] < shortestGap) last[1] = at + 1;
    else pieces.push([at, at + 1]);
  }
  return pieces;
}
