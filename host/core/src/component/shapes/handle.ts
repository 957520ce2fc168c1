/** Handles of resources: CanonicalABI.md, `lift_own`, `lift_borrow`, `lower_own` and `lower_borrow`. */

import type { CallContext } from "../call-context.ts";
import type { ResourceType } from "../types.ts";
import type { Shape } from "./shape.ts";

/** The type `own<resource>`: the resource is given away. */
export function own(resource: ResourceType): Shape {
  return handle(
    "own",
    (cx, index) => cx.handles.takeOwn(cx, resource, index),
    (cx, value) => cx.handles.giveOwn(cx, resource, value),
  );
}

/** The type `borrow<resource>`: the resource is lent for a call. */
export function borrow(resource: ResourceType): Shape {
  return handle(
    "borrow",
    (cx, index) => cx.handles.takeBorrow(cx, resource, index),
    (cx, value) => cx.handles.giveBorrow(cx, resource, value),
  );
}

function handle(
  kind: string,
  lift: (cx: CallContext, index: number) => unknown,
  lower: (cx: CallContext, value: unknown) => number,
): Shape {
  return {
    kind,
    size: 4,
    align: 4,
    flat: ["i32"],
    depth: 0,
    weight: 64,
    load: (cx, at) => lift(cx, cx.view.getUint32(at, true)),
    lift: (cx, values, at) => lift(cx, (values[at] as number) >>> 0),
    store: (cx, at, value) => cx.view.setUint32(at, lower(cx, value), true),
    lower: (cx, value, into, at) => {
      into[at] = lower(cx, value) | 0;
    },
  };
}
