/** Guests with names that mean something to JavaScript, and more names than anybody needs. */

import type { HostileCase } from "../case.ts";
import { sensor, sensorExports } from "../wat/sensor.ts";
import { wat } from "../wat/text.ts";

/** What JavaScript's objects and promises have. */
export const jsNames = [
  "constructor",
  "then",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "__proto__",
  "toJSON",
  "length",
];

/** Those among them that a component can export, in its own spelling. */
const exportNames = [
  "constructor",
  "then",
  "catch",
  "finally",
  "to-string",
  "has-own-property",
  "value-of",
  "to-json",
  "length",
  "name",
  "prototype",
];

/** A component of somebody else's, with functions of those names by themselves and in an interface. */
function functionsOf(names: readonly string[]): Promise<Uint8Array> {
  return wat(`(component
    (core module $m (func (export "f") (result i32) (i32.const 7)))
    (core instance $i (instantiate $m))
    (func $f (result u32) (canon lift (core func $i "f")))
    (instance $api ${names.map((name) => `(export "${name}" (func $f))`).join(" ")})
    (export "other:thing/api@0.1.0" (instance $api))
    ${names.map((name) => `(export "${name}" (func $f))`).join(" ")})`);
}

const reserved = (what: string) =>
  wat(`(component
  (core module $m ${what})
  (core instance $i (instantiate $m))
  (core module $n (func (export "f")))
  (core instance $j (instantiate $n))
  (func $f (canon lift (core func $j "f")))
  (export "f" (func $f)))`);

/** See above. */
export const names: readonly HostileCase[] = [
  {
    name: "labels of channels that are names of JavaScript's objects",
    kind: "sensor",
    bytes: () =>
      sensor({ channels: jsNames.map((label) => ({ label })), values: jsNames.map((_, index) => index) }),
    ends: "goes on",
    byCommand: true,
  },
  {
    name: "functions that are names of JavaScript's objects",
    kind: "component",
    bytes: () => functionsOf(exportNames),
    ends: "goes on",
  },
  {
    name: "methods that are names of JavaScript's objects",
    kind: "sensor",
    bytes: () =>
      sensor({
        exports: `${sensorExports} ${exportNames.map((name) => `(export "[method]device.${name}" (func $close))`).join(" ")}`,
      }),
    ends: "goes on",
  },
  {
    name: "a name with a newline and a quote",
    kind: "component",
    bytes: () =>
      functionsOf(["x"]).then((bytes) =>
        replaceName(bytes, "other:thing/api@0.1.0", 'other:thing/a"\n@0.1.0'),
      ),
    ends: /^\.\/case\.wasm cannot be linked: "other:thing\/a"\\u\{a\}@0\.1\.0" is no name of an import or export; use another build of it\.$/,
  },
  {
    name: "a label __proto__",
    kind: "component",
    bytes: () =>
      functionsOf(["x"]).then((bytes) =>
        replaceName(bytes, "other:thing/api@0.1.0", "other:thing/__proto__"),
      ),
    ends: /is no name of an import or export; use another build of it\.$/,
  },
  {
    name: "names that are the host's own",
    kind: "component",
    bytes: () => reserved('(global (export "busbar:preempt/counter") (mut i32) (i32.const 2147483647))'),
    ends: /^\.\/case\.wasm does not start: .*"busbar:preempt\/counter", a name that is the host's own\.$/,
  },
  {
    name: "an interface that no host has",
    kind: "sensor",
    bytes: () => sensor({ component: '(import "wasi:sockets/tcp@0.2.0" (instance (export "f" (func))))' }),
    ends: /^\.\/case\.wasm imports wasi:sockets\/tcp@0\.2\.0/,
  },
];

/** A name in a binary by another one of the same length. */
function replaceName(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const text = Buffer.from(bytes).toString("latin1");
  const padded = to.padEnd(from.length, "x");
  if (padded.length !== from.length || !text.includes(from)) throw new Error("names of different lengths");
  return new Uint8Array(Buffer.from(text.replaceAll(from, padded), "latin1"));
}
