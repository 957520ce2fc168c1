/**
 * From a component to what it imports: a core function that lifts the parameters, calls, and lowers the result.
 *
 * Source: Component Model, CanonicalABI.md, `canon_lower`.
 */

import type { CallContext } from "./call-context.ts";
import type { Target } from "./host-functions.ts";
import type { ComponentInstance } from "./instance.ts";
import type { FunctionShape } from "./shapes/function.ts";
import type { CoreValue } from "./shapes/shape.ts";
import { Trap } from "./trap.ts";

/** What a call of the host gave: a value, or the error of its WIT `result`. */
type Outcome = { readonly tag: "ok" | "err"; readonly val: unknown };

/**
 * Makes the core function.
 *
 * @param context of the component that calls
 * @param target is called with JavaScript values; where it is a WIT `result`, it returns the value, or throws an object
 *   whose own property `payload` is the error
 * @param waits whether the guest can wait for a promise
 */
export function lower(
  instance: ComponentInstance,
  shape: FunctionShape,
  context: CallContext,
  target: Target,
  waits: boolean,
): (...values: CoreValue[]) => unknown {
  const { params, offsets, result, spilled, indirect, fallible } = shape;
  const { state } = context;
  // The pointer to where the result goes comes after the parameters, which are one pointer where they are too many.
  const pointerAt = spilled ? 1 : shape.flatCount;
  const coreCount = pointerAt + (indirect ? 1 : 0);

  const invoke = (values: readonly CoreValue[]): unknown => {
    if (spilled) {
      context.spend(shape.tuple.weight);
      const at = context.check((values[0] as number) >>> 0, shape.tuple.size, shape.tuple.align);
      return target(...(shape.tuple.load(context, at) as unknown[]));
    }
    // Calls with a fixed number of parameters are several times cheaper, and most have two or three.
    switch (params.length) {
      case 0:
        return target();
      case 1:
        return target(params[0]!.lift(context, values, 0));
      case 2:
        return target(params[0]!.lift(context, values, 0), params[1]!.lift(context, values, offsets[1]!));
      case 3:
        return target(
          params[0]!.lift(context, values, 0),
          params[1]!.lift(context, values, offsets[1]!),
          params[2]!.lift(context, values, offsets[2]!),
        );
      default:
        return target(...params.map((each, index) => each.lift(context, values, offsets[index]!)));
    }
  };

  /** Gives the guest its result. What is thrown ends it. */
  const finish = (value: unknown, pointer: CoreValue | undefined): CoreValue | undefined => {
    try {
      context.endLoans();
      if (result === undefined) return undefined;
      if (indirect) {
        result.store(context, context.check((pointer as number) >>> 0, result.size, result.align), value);
        return undefined;
      }
      const out: CoreValue[] = [];
      result.lower(context, value, out, 0);
      return out[0];
    } catch (thrown) {
      throw instance.fail(thrown);
    } finally {
      context.keepGiven();
    }
  };

  const succeeded = (value: unknown): unknown =>
    fallible ? ({ tag: "ok", val: value } satisfies Outcome) : value;

  const failed = (thrown: unknown): Outcome => {
    if (fallible && typeof thrown === "object" && thrown !== null && Object.hasOwn(thrown, "payload")) {
      return { tag: "err", val: (thrown as { payload: unknown }).payload };
    }
    throw instance.fail(thrown);
  };

  return (...values) => {
    if (instance.dead !== undefined) throw instance.dead;
    if (!state.mayLeave) throw instance.fail(new Trap("cannot leave component instance"));
    if (values.length !== coreCount) {
      throw instance.fail(
        new Trap(`a function of ${coreCount} core parameters is called with ${values.length}`),
      );
    }
    context.begin();
    let value: unknown;
    try {
      value = invoke(values);
    } catch (thrown) {
      return answered(failed(thrown), values[pointerAt]);
    }
    if (value instanceof Promise) {
      if (!waits) {
        value.catch(() => undefined);
        throw instance.fail(new Trap("a function of the host wants to wait where it must not"));
      }
      return value.then(
        (settled) => resume(finish(succeeded(settled), values[pointerAt])),
        (thrown) => resume(finish(failed(thrown), values[pointerAt])),
      );
    }
    return answered(succeeded(value), values[pointerAt]);
  };

  /** A refusal takes time as any answer does. */
  function answered(outcome: unknown, pointer: CoreValue | undefined): CoreValue | undefined {
    const given = finish(outcome, pointer);
    instance.gate.afterImport();
    return given;
  }

  /** It may have been stopped while it waited. */
  function resume(given: CoreValue | undefined): CoreValue | undefined {
    if (instance.dead !== undefined) throw instance.dead;
    instance.gate.afterWait();
    return given;
  }
}
