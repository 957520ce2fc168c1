/** What follows from a function's type for its calls: CanonicalABI.md, `flatten_functype`. */

import { tuple } from "./record.ts";
import { type CoreType, longestFlat, type Shape } from "./shape.ts";

/** CanonicalABI.md, `MAX_FLAT_RESULTS`. */
const longestFlatResult = 1;

/** A function's parameters and result, and how they are passed. */
export interface FunctionShape {
  readonly params: readonly Shape[];
  readonly result: Shape | undefined;
  /** All parameters as they lie in memory where there are too many for core values. */
  readonly tuple: Shape;
  /** The first core value of each parameter. */
  readonly offsets: readonly number[];
  /** The core values of a call. */
  readonly signature: { readonly params: readonly CoreType[]; readonly result: CoreType | undefined };
  /** How many core values the parameters are. */
  readonly flatCount: number;
  /** Whether the parameters are passed as a pointer. */
  readonly spilled: boolean;
  /** Whether the result is passed as a pointer. */
  readonly indirect: boolean;
  /** Whether the result is a `result`, which JavaScript returns or throws. */
  readonly fallible: boolean;
}

/** The shape of a function's type. */
export function functionShape(params: readonly Shape[], result: Shape | undefined): FunctionShape {
  const all = tuple(params);
  let flatCount = 0;
  const offsets = params.map((shape) => {
    const offset = flatCount;
    flatCount += shape.flat.length;
    return offset;
  });
  const spilled = flatCount > longestFlat;
  const indirect = result !== undefined && result.flat.length > longestFlatResult;
  return {
    params,
    result,
    tuple: all,
    offsets,
    signature: {
      params: spilled ? ["i32"] : params.flatMap(({ flat }) => flat),
      result: indirect ? "i32" : result?.flat[0],
    },
    flatCount,
    spilled,
    indirect,
    fallible: result?.kind === "result",
  };
}
