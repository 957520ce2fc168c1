/** Types as WIT text: what test/linker/type-tree.ts of @busbar/host has as WebAssembly text. */

import { label, type Type } from "../../../../host/core/test/linker/type-tree.ts";

/**
 * Declares a type and its parts, within an interface.
 *
 * @param into the declarations so far; the new ones are put behind them
 * @returns how to refer to it there
 */
export function declare(type: Type, into: string[]): string {
  if (typeof type === "string") return type;
  const refer = (part: Type | undefined) => (part === undefined ? "_" : declare(part, into));
  if ("list" in type) return `list<${refer(type.list)}>`;
  if ("option" in type) return `option<${refer(type.option)}>`;
  if ("tuple" in type) return `tuple<${type.tuple.map(refer).join(", ")}>`;
  if ("result" in type) {
    const [ok, error] = type.result.map(refer);
    return error === "_" ? (ok === "_" ? "result" : `result<${ok}>`) : `result<${ok}, ${error}>`;
  }
  const [kind, members] = membersOf(type, refer);
  const name = `t${into.length}`;
  into.push(`${kind} ${name} { ${members.join(", ")} }`);
  return name;
}

type Declared = Exclude<
  Type,
  string | { list: Type } | { option: Type } | { tuple: unknown } | { result: unknown }
>;

function membersOf(
  type: Declared,
  refer: (part: Type | undefined) => string,
): [kind: string, members: string[]] {
  // Some of the names are words of WIT.
  const named = (index: number) => `%${label(index)}`;
  if ("record" in type)
    return ["record", type.record.map((part, index) => `${named(index)}: ${refer(part)}`)];
  if ("variant" in type)
    return [
      "variant",
      type.variant.map((part, index) => `${named(index)}${part === undefined ? "" : `(${refer(part)})`}`),
    ];
  const [kind, count] = "enum" in type ? (["enum", type.enum] as const) : (["flags", type.flags] as const);
  return [kind, Array.from({ length: count }, (_, index) => named(index))];
}
