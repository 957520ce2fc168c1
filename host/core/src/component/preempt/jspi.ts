/**
 * JavaScript Promise Integration, which TypeScript's library does not know yet.
 *
 * Source: WebAssembly JavaScript Promise Integration, 2 (interfaces `Suspending` and `promising`).
 */

interface PromiseIntegration {
  // Both take functions of any parameters; what they are is checked by the module that imports or exports them.
  readonly Suspending: new (
    implementation: (...values: never[]) => unknown,
  ) => WebAssembly.ImportValue;
  promising<Values extends unknown[]>(
    exported: (...values: Values) => unknown,
  ): (...values: Values) => Promise<unknown>;
}

/** An import that may return a promise: the guest waits for it, if it was called through `promising`. */
export function suspending(implementation: (...values: never[]) => unknown): WebAssembly.ImportValue {
  return new integration.Suspending(implementation);
}

/** An exported function of a core instance, called on a stack of its own that can wait. */
export function promising<Values extends unknown[]>(
  exported: (...values: Values) => unknown,
): (...values: Values) => Promise<unknown> {
  return integration.promising(exported);
}

const integration = WebAssembly as typeof WebAssembly & PromiseIntegration;
