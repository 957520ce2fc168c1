import type { HostPart } from "./host.ts";
import type { Data } from "./text.ts";

/** The code of a guest, in pieces of WebAssembly text. */
export interface GuestParts {
  /** What it imports. */
  readonly host?: readonly HostPart[];
  /** The pages of its memory at first; 2 where it is left out. */
  readonly pages?: number;
  /** More of the memory's limits: its maximum. */
  readonly maximumPages?: number;
  /** The body of its realloc, of four parameters; it finds room in the second page where it is left out. */
  readonly realloc?: string;
  /** The body of the destructor of its devices. */
  readonly destructor?: string;
  /** More of its code module: functions, tables, globals, tags. */
  readonly more?: string;
  /** More of its memory's module. */
  readonly moreRoom?: string;
  /** More of the component, before its code is instantiated: other modules, other instances. */
  readonly component?: string;
  /** Runs when the code is instantiated. */
  readonly start?: string;
}

/** In bytes, where a guest's memory holds what calls leave behind; its own values come after it. */
export const scratch = 512;

const ring = `
  (if (i32.gt_u (i32.add (global.get $next) (local.get 3)) (i32.const 131072))
    (then (global.set $next (i32.const 65536))))
  (global.get $next)
  (global.set $next (i32.and (i32.add (i32.add (global.get $next) (local.get 3)) (i32.const 7)) (i32.const -8)))`;

/**
 * The module of a guest's memory, which its imports and its code share, and what has to be there before its code: the
 * destructor of its devices. To be followed by the types of those.
 */
export function room(parts: GuestParts, data: Data): string {
  const { pages = 2, maximumPages = "", realloc = ring, destructor = "", moreRoom = "" } = parts;
  return `
    (core module $room-code
      (memory (export "memory") ${pages} ${maximumPages})
      (global $next (mut i32) (i32.const 65536))
      (data (i32.const 0) "${data}")
      ${moreRoom}
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) ${realloc})
      (func (export "destructor") (param i32) ${destructor}))
    (core instance $room (instantiate $room-code))`;
}

/**
 * The module of a guest's code, instantiated.
 *
 * @param functions by their names, each with its parameters and result, and its body
 * @param own core functions of the component that it gets beside the host's: "new" with "(param i32) (result i32)"
 */
export function code(
  parts: GuestParts,
  functions: Readonly<Record<string, readonly [signature: string, body: string]>>,
  own: Readonly<Record<string, string>> = {},
): string {
  const { host = [], more = "", component = "", start } = parts;
  const imported = Object.entries(
    Object.assign({ ...own }, ...host.map((part) => part.functions)) as typeof own,
  );
  return `
    ${host.map((part) => part.component).join("")}
    ${component}
    (core module $code
      ${imported.map(([name, signature]) => `(import "" "${name}" (func $${name} ${signature}))`).join("\n      ")}
      (import "" "memory" (memory 1))
      ${more}
      ${Object.entries(functions)
        .map(([name, [signature, body]]) => `(func $f-${name} (export "${name}") ${signature} ${body})`)
        .join("\n      ")}
      ${start === undefined ? "" : `(func $start ${start}) (start $start)`})
    (core instance $running (instantiate $code (with "" (instance
      (export "memory" (memory $room "memory"))
      ${imported.map(([name]) => `(export "${name}" (func $${name}))`).join(" ")}))))`;
}

/** The options with which a function of a guest is lifted. */
export function lifted(name: string, postReturn?: string): string {
  const after = postReturn === undefined ? "" : `(post-return (core func $running "${postReturn}"))`;
  return `(canon lift (core func $running "${name}") (memory (core memory $room "memory"))
      (realloc (core func $room "realloc")) ${after})`;
}
