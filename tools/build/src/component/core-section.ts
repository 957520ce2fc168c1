/** Sections of core modules. Source: WebAssembly Core Specification 5.5.2. */

import type { Writer } from "@busbar/host/component";

/** Writes a section of this id, with its size before what `write` writes. */
export function writeSection(out: Writer, id: number, write: () => void): void {
  out.byte(id);
  const size = out.keepSize();
  write();
  out.closeSize(size);
}

/** Writes a section that is a list; without items there is none. */
export function writeListSection<Item>(
  out: Writer,
  id: number,
  items: Iterable<Item>,
  write: (item: Item, index: number) => void,
): void {
  const all = [...items];
  if (all.length === 0) return;
  writeSection(out, id, () => {
    out.u32(all.length);
    all.forEach(write);
  });
}
