/**
 * Makes a core module preemptible: code that runs long enough calls the host's gate (gate.ts), which can hold or end it,
 * wherever it loops, recurses, or moves many bytes; and every growth of a memory or table asks the host first.
 *
 * The pass only appends: types, functions, one table, one global, exports. No index of the module changes, so that
 * everything in it, its names too, means what it meant. The start section becomes an export, for nothing of the guest may
 * run before the host's functions are in the table.
 *
 * Source: WebAssembly Core Specification 5.5.
 */

import { LinkError, Reader } from "../reader.ts";
import { Writer } from "../writer.ts";
import { BodyRewriter } from "./body.ts";
import { BranchHints } from "./branch-hints.ts";
import { Helpers } from "./helpers.ts";
import { type Layout, readLayout, type Section, sectionId, sectionOrder } from "./layout.ts";
import { counterExport, startExport, tableExport } from "./names.ts";

/** Changes whenever the same module is written otherwise: what was kept of an earlier version is not used then. */
export const rewriteFormat = 2;

/** The locals of all functions together: each is work for the engine's compiler. */
const mostLocals = 1_000_000;

/**
 * Rewrites a core module.
 *
 * The caller must have asked `WebAssembly.validate` whether the engine takes `module` as it is. Indices are checked here
 * as well, but types are not: an invalid module may become a valid one by what is appended.
 *
 * @param module a core module of a stranger; it is not changed
 * @returns a module with the same imports and exports, and those of names.ts
 * @throws LinkError when it is malformed, or uses what no component needs: shared or 64-bit memories and tables, threads,
 *   garbage-collected objects, typed references, stack switching, more than 1 memory or 8 tables, more than 100,000
 *   functions or 1,000,000 locals, names that begin with "busbar:preempt/"
 */
export function makePreemptible(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const layout = readLayout(module);
  const helpers = new Helpers(layout);
  const out = new Writer(module.length + (module.length >>> 2) + 1024);
  out.copy(module, 0, 8);
  let next = 0;
  const appendUpTo = (end: number): void => {
    for (; next < end; next += 1) writeSection(module, sectionOrder[next]!, undefined, layout, helpers, out);
  };
  for (const section of layout.sections) {
    if (section.id === sectionId.custom) copySection(module, section, out);
    else {
      const place = sectionOrder.indexOf(section.id);
      appendUpTo(place);
      writeSection(module, section.id, section, layout, helpers, out);
      next = place + 1;
    }
  }
  appendUpTo(sectionOrder.length);
  return out.finish();
}

/** Writes the section `id`, which the module has or has not. */
function writeSection(
  module: Uint8Array,
  id: number,
  section: Section | undefined,
  layout: Layout,
  helpers: Helpers,
  out: Writer,
): void {
  const extend = (count: number, write: (out: Writer) => void): void =>
    extendSection(module, id, section, count, write, out);
  switch (id) {
    case sectionId.type:
      extend(Helpers.typeCount, () => helpers.writeTypes(out));
      break;
    case sectionId.function:
      extend(helpers.count, () => helpers.writeFunctions(out));
      break;
    case sectionId.table:
      // funcref, with a minimum and a maximum of two
      extend(1, () => out.bytes([0x70, 1, 2, 2]));
      break;
    case sectionId.global:
      // Zero: what runs before the table is filled, if anything did, traps at its first check.
      extend(1, () => out.bytes([0x7f, 1, 0x41, 0, 0x0b]));
      break;
    case sectionId.export:
      extend(layout.start === undefined ? 2 : 3, () => writeExports(layout, helpers, out));
      break;
    case sectionId.start:
      break;
    case sectionId.code:
      writeCode(module, section, layout, helpers, out);
      break;
    default:
      if (section !== undefined) copySection(module, section, out);
  }
}

function writeExports(layout: Layout, helpers: Helpers, out: Writer): void {
  const write = (name: string, kind: number, index: number): void => {
    out.text(name);
    out.byte(kind);
    out.u32(index);
  };
  write(tableExport, 0x01, helpers.table);
  write(counterExport, 0x03, helpers.counter);
  if (layout.start !== undefined) write(startExport, 0x00, layout.start);
}

/** A section that is a list: its items, and `count` more that `write` writes. */
function extendSection(
  module: Uint8Array,
  id: number,
  section: Section | undefined,
  count: number,
  write: (out: Writer) => void,
  out: Writer,
): void {
  out.byte(id);
  const start = out.keepSize();
  if (section === undefined) out.u32(count);
  else {
    const reader = new Reader(module, section.start, section.end);
    out.u32(reader.u32() + count);
    out.copy(module, reader.at, section.end);
  }
  write(out);
  out.closeSize(start);
}

function copySection(module: Uint8Array, { id, start, end }: Section, out: Writer): void {
  out.byte(id);
  out.u32(end - start);
  out.copy(module, start, end);
}

function writeCode(
  module: Uint8Array,
  section: Section | undefined,
  layout: Layout,
  helpers: Helpers,
  out: Writer,
): void {
  if (section === undefined && layout.bodies > 0)
    throw new LinkError("a core module has not one body for each function");
  const size = section === undefined ? 0 : section.end - section.start;
  const code = new Writer(size + (size >>> 2) + 1024);
  code.u32(layout.bodies + helpers.count);
  const hints = new BranchHints();
  if (section !== undefined) {
    const reader = new Reader(module, section.start, section.end);
    const rewriter = new BodyRewriter(reader, layout, helpers, code, hints);
    const bodies = reader.u32();
    for (let body = 0; body < bodies; body += 1) {
      rewriter.rewrite(layout.functions - layout.bodies + body);
      if (rewriter.locals > mostLocals)
        throw new LinkError(`a core module has more than ${mostLocals} locals`);
    }
    if (!reader.done) throw new LinkError("the code of a core module goes on behind its functions");
  }
  helpers.writeBodies(code);
  hints.write(out);
  out.byte(sectionId.code);
  out.u32(code.length);
  out.append(code);
}
