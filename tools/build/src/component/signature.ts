/** The types of core functions. */

import type { CoreType, HostFunctionItem, Writer } from "@busbar/host/component";

/** The type of a core function. */
export interface Signature {
  readonly params: readonly CoreType[];
  readonly results: readonly CoreType[];
}

/** The bytes of value types: WebAssembly Core Specification 5.3.1. */
export const valueTypes: Readonly<Record<CoreType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c };

/** The value types by their bytes. */
export const typesByByte: ReadonlyMap<number, CoreType> = new Map(
  (Object.keys(valueTypes) as CoreType[]).map((type) => [valueTypes[type], type]),
);

/** Those that were asked for: a type can have a thousand parameters, and be asked for at each call. */
const keys = new WeakMap<Signature, string>();

/** A text that is the same for the same types. */
export function keyOf(signature: Signature): string {
  let key = keys.get(signature);
  if (key === undefined) {
    key = `${signature.params}:${signature.results}`;
    keys.set(signature, key);
  }
  return key;
}

/** The types of a module, each once, in the order in which somebody asked for them first. */
export class TypeTable {
  readonly #indices = new Map<string, number>();
  readonly #signatures: Signature[] = [];

  get signatures(): readonly Signature[] {
    return this.#signatures;
  }

  /** The index of a type, which is there from now on. */
  indexOf(signature: Signature): number {
    const key = keyOf(signature);
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const index = this.#signatures.push(signature) - 1;
    this.#indices.set(key, index);
    return index;
  }
}

/** Writes it as an entry of a type section: WebAssembly Core Specification 5.3.6. */
export function writeSignature(w: Writer, { params, results }: Signature): void {
  w.byte(0x60);
  for (const types of [params, results]) {
    w.u32(types.length);
    w.bytes(types.map((type) => valueTypes[type]));
  }
}

/** CanonicalABI.md, `flatten_functype` for `canon lift`: a result that does not fit is where the result says. */
export function liftedSignature({ type }: Pick<HostFunctionItem, "type">): Signature {
  const { signature } = type.functionShape;
  return { params: signature.params, results: signature.result === undefined ? [] : [signature.result] };
}

/** CanonicalABI.md, `flatten_functype` for `canon lower`: a result that does not fit is written where the last parameter says. */
export function loweredSignature({ type }: Pick<HostFunctionItem, "type">): Signature {
  const { signature, indirect } = type.functionShape;
  return indirect ? { params: [...signature.params, "i32"], results: [] } : liftedSignature({ type });
}
