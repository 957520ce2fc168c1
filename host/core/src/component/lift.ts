/**
 * From outside into a component: a call that lowers the parameters, enters, and lifts the result.
 *
 * Source: Component Model, CanonicalABI.md, `canon_lift`.
 */

import type { Target } from "./host-functions.ts";
import type { BoundFunction, ComponentInstance } from "./instance.ts";
import type { Lifted } from "./plan.ts";
import type { FunctionShape } from "./shapes/function.ts";
import type { CoreValue } from "./shapes/shape.ts";
import { Trap } from "./trap.ts";

/** The error of a WIT `result`; `payload` is its value. */
export class ComponentError extends Error {
  override readonly name = "ComponentError";
  readonly payload: unknown;

  constructor(payload: unknown) {
    super("the component returned an error (see payload)");
    this.payload = payload;
  }
}

/**
 * A call by the host.
 *
 * @throws ComponentError for the error of a WIT `result`; TypeError where a parameter is none of its type; Trap and
 *   whatever else ends the instance
 */
export function callLifted(
  instance: ComponentInstance,
  lifted: Lifted,
  values: readonly unknown[],
): Promise<unknown> {
  instance.begin();
  return enter(instance, lifted, values, () => instance.end());
}

/** Another component of the same composition, as a target of `lower`. */
export function innerTarget(instance: ComponentInstance, lifted: Lifted): Target {
  return (...values) => enter(instance, lifted, values, nothing);
}

const nothing = () => {};

/**
 * Makes one call. Written with as few promises as it takes: this is the way of every reading.
 *
 * @param ended is called when the call is over, whatever came of it
 */
function enter(
  instance: ComponentInstance,
  lifted: Lifted,
  values: readonly unknown[],
  ended: () => void,
): Promise<unknown> {
  const shape = lifted.type.functionShape;
  let bound: BoundFunction;
  let called: Promise<CoreValue | undefined>;
  try {
    instance.requireAlive();
    bound = instance.bound[lifted.index] ?? instance.bind(lifted);
    if (bound.context.state.entered) throw new Trap("cannot enter component instance");
    called = bound.call(lowerParameters(instance, shape, bound, values));
  } catch (thrown) {
    ended();
    return Promise.reject(thrown);
  }
  return called.then(
    (core) => {
      try {
        return answer(shape, leave(instance, shape, bound, core));
      } finally {
        ended();
      }
    },
    (thrown) => {
      ended();
      throw instance.fail(thrown);
    },
  );
}

/** A WIT `result` is returned or thrown. */
function answer({ fallible }: FunctionShape, value: unknown): unknown {
  if (!fallible) return value;
  const { tag, val } = value as { tag: "ok" | "err"; val: unknown };
  if (tag === "err") throw new ComponentError(val);
  return val;
}

/** A call with parameters that are none of their types: the caller's mistake, which leaves the instance as it was. */
export class WrongParameter extends TypeError {
  override readonly name = "WrongParameter";

  constructor(cause: TypeError) {
    super(cause.message, { cause });
  }
}

/** @throws WrongParameter */
function lowerParameters(
  instance: ComponentInstance,
  { params, offsets, spilled, tuple }: FunctionShape,
  { context }: BoundFunction,
  values: readonly unknown[],
): CoreValue[] {
  if (values.length !== params.length) {
    const message = `${params.length} parameters are expected, and not ${values.length}`;
    throw new WrongParameter(new TypeError(message));
  }
  const { state } = context;
  const flat: CoreValue[] = [];
  state.entered = true;
  state.mayLeave = false;
  try {
    if (spilled) {
      const pointer = context.allocate(tuple.align, tuple.size);
      tuple.store(context, pointer, values);
      flat[0] = pointer;
    } else {
      for (let index = 0; index < params.length; index += 1) {
        params[index]!.lower(context, values[index], flat, offsets[index]!);
      }
    }
  } catch (thrown) {
    state.entered = false;
    if (!(thrown instanceof TypeError) || instance.dead !== undefined) throw instance.fail(thrown);
    context.takeBack();
    throw new WrongParameter(thrown);
  } finally {
    state.mayLeave = true;
    context.keepGiven();
  }
  return flat;
}

/** Lifts the result, and lets the guest clean up (`post-return`). */
function leave(
  instance: ComponentInstance,
  { result, indirect }: FunctionShape,
  { context, postReturn }: BoundFunction,
  core: CoreValue | undefined,
): unknown {
  const { state } = context;
  try {
    // A trap that the guest caught is one all the same.
    if (instance.dead !== undefined) throw instance.dead;
    let value: unknown;
    if (result !== undefined) {
      context.begin();
      if (indirect) context.spend(result.weight);
      value = indirect
        ? result.load(context, context.check((core as number) >>> 0, result.size, result.align))
        : result.lift(context, [core!], 0);
    }
    if (postReturn !== undefined) {
      state.mayLeave = false;
      instance.pins += 1;
      try {
        if (core === undefined) postReturn();
        else postReturn(core);
      } finally {
        instance.pins -= 1;
      }
      state.mayLeave = true;
    }
    if (state.handles.borrowed !== 0) throw new Trap("borrow handles still remain at the end of the call");
    state.entered = false;
    return value;
  } catch (thrown) {
    throw instance.fail(thrown);
  }
}
