import { parseWat } from "@busbar/jco";
import { ComponentArtifact, type StartOptions } from "../../src/component/artifact.ts";
import { planComponent } from "../../src/component/planner.ts";
import { Pace } from "../../src/component/preempt/pace.ts";
import { declare, type Type } from "./type-tree.ts";

const pace = new Pace(() => new Promise((resolve) => setImmediate(resolve)));

/** Time that stands still, enough memory, and every function of the host may wait. */
export const startOptions: StartOptions = {
  imports: {},
  memoryMiB: 16,
  waits: () => true,
  check: () => undefined,
  now: () => 0,
  pace,
};

type ExportName =
  | `test:${"x/things" | "y/api"}`
  | `${"grow" | "growTable"}${0 | 1}`
  | ("a" | "b" | "cleaned" | "f" | "g" | "make" | "method" | "pair" | "run" | "static" | "take")
  | ("takeTwice" | "value" | "wait");

/** What the components of these tests export: functions, resources with functions, and instances of both. */
export type Exports = ((...values: unknown[]) => Promise<Exports>) &
  Disposable & { readonly [Name in ExportName]: Exports };

/** Starts a component that is written as WebAssembly text, or given as bytes. */
export async function start(
  component: string | Uint8Array,
  imports: StartOptions["imports"] = {},
  options: Partial<StartOptions> = {},
): Promise<Exports> {
  return (await started(component, imports, options)).exports;
}

/** As {@link start}, with the way to end it. */
export async function started(
  component: string | Uint8Array,
  imports: StartOptions["imports"] = {},
  options: Partial<StartOptions> = {},
): Promise<{ readonly exports: Exports; end(reason: Error): void }> {
  const bytes = typeof component === "string" ? await parseWat(component) : component;
  const artifact = await ComponentArtifact.load("x.wasm", bytes);
  const { exports, end } = await artifact.start({ ...startOptions, ...options, imports });
  return { exports: exports as unknown as Exports, end };
}

/** A memory that only grows, and its realloc: 64 KiB pages from address 4096 on. */
export const room = (pages = 4) => `
  (core module $room-code
    (memory (export "memory") ${pages})
    (global $next (mut i32) (i32.const 4096))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $next (i32.and
        (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get 2))))
      (global.get $next)
      (global.set $next (i32.add (global.get $next) (local.get 3)))))
  (core instance $room (instantiate $room-code))`;

/** Canonical options that use {@link room}. */
export const inRoom = `(memory (core memory $room "memory")) (realloc (core func $room "realloc"))`;

/**
 * A component whose `f` gives its parameter to `f` of the host, and returns what that returned: a value goes into the
 * component, out, in, and out again.
 *
 * @param encoding of strings
 */
export async function echo(type: Type, encoding = "utf8", pages = 4): Promise<Uint8Array<ArrayBuffer>> {
  const declarations: string[] = [];
  const top = declare({ record: [type] }, declarations);
  const interfaceText = `(import "test:x/h" (instance $h
    ${declarations.join("\n    ")}
    (export "f" (func (param "x" ${top}) (result ${top})))))`;
  // Its own signature is what `canon lower` makes of it, so it is asked of the plan.
  const probe = planComponent(await parseWat(`(component ${interfaceText})`));
  const { signature, indirect } = probe.hostFunctions![0]!.type.functionShape;
  const params = signature.params.map((core) => `(param ${core})`).join(" ");
  const result = indirect ? "i32" : signature.result;
  const values = signature.params.map((_, index) => `(local.get ${index})`).join(" ");
  const options = `string-encoding=${encoding} ${inRoom}`;
  return parseWat(`(component ${interfaceText} ${room(pages)}
    (core func $lowered (canon lower (func $h "f") ${options}))
    (core module $code
      (import "h" "f" (func $f ${params} ${indirect ? "(param i32)" : `(result ${result})`}))
      (func (export "f") ${params} (result ${result})
        (call $f ${values} ${indirect ? "(i32.const 1024)) (i32.const 1024)" : ")"}))
    (core instance $running (instantiate $code (with "h" (instance (export "f" (func $lowered))))))
    (alias export $h "t${declarations.length - 1}" (type $top))
    (func (export "f") (param "x" $top) (result $top)
      (canon lift (core func $running "f") ${options})))`);
}
