/** What strings and lists have in common: a pointer and a length, the values lie elsewhere. */

import type { CallContext } from "../call-context.ts";
import { checked, type Shape } from "./shape.ts";

/**
 * A shape whose values lie elsewhere in memory.
 *
 * @param load reads `length` units from `pointer`; it checks that they are there
 * @param store allocates and writes; gives the pointer, and leaves the length in `cx.storedLength`
 */
export function pointerAndLength(
  kind: string,
  depth: number,
  load: (cx: CallContext, pointer: number, length: number) => unknown,
  store: (cx: CallContext, value: unknown) => number,
): Shape {
  return checked({
    kind,
    size: 8,
    align: 4,
    flat: ["i32", "i32"],
    depth,
    weight: 32,
    load: (cx, at) => load(cx, cx.view.getUint32(at, true), cx.view.getUint32(at + 4, true)),
    store: (cx, at, value) => {
      const pointer = store(cx, value);
      const length = cx.storedLength;
      cx.view.setUint32(at, pointer, true);
      cx.view.setUint32(at + 4, length, true);
    },
    lift: (cx, values, at) => load(cx, (values[at] as number) >>> 0, (values[at + 1] as number) >>> 0),
    lower: (cx, value, into, at) => {
      into[at] = store(cx, value) | 0;
      into[at + 1] = cx.storedLength | 0;
    },
  });
}
