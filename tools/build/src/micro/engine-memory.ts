/** The size of the memory that the engine's core module begins with. Source: WebAssembly Core Specification 5.5.8 (memories). */

import { coreSectionId, LinkError, Reader, Writer } from "@busbar/host/component";
import { writeSection } from "../component/core-section.ts";

/** @param module has one memory of its own, without a maximum */
export function withPages(module: Uint8Array, pages: number): Uint8Array<ArrayBuffer> {
  const reader = new Reader(module, 8);
  while (!reader.done) {
    const start = reader.at;
    if (reader.byte() !== coreSectionId.memory) {
      reader.part();
      continue;
    }
    reader.part();
    const w = new Writer(module.length + 4);
    w.bytes(module.subarray(0, start));
    writeSection(w, coreSectionId.memory, () => {
      w.bytes([0x01, 0x00]);
      w.u32(pages);
    });
    w.bytes(module.subarray(reader.at));
    return w.finish();
  }
  throw new LinkError("the engine has no memory");
}
