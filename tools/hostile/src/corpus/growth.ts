/** Guests that want more than they may have: memory, tables, modules, instances, types that no driver needs. */

import type { HostileCase } from "../case.ts";
import { app } from "../wat/app.ts";
import { give, places, sensorTypes } from "../wat/sensor.ts";
import { sensorCase } from "./sensor-case.ts";

const outOfMemory =
  'the driver failed: it needs more than its 16 MiB of memory; set "limits": { "memoryMiB": 32 } or more';
const notLinked = (what: string) => new RegExp(`^\\./case\\.wasm cannot be linked: .*${what}.*\\.$`);
/** Of its core modules: they are looked at when it is started. */
const notStarted = (what: string) => new RegExp(`^\\./case\\.wasm does not start: .*${what}.*\\.$`);

/** Grows until it may no more; what it does then comes after it. */
const byPages = "(loop $l (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))";

/** Each instantiates the one before it so often. */
function nestedInstances(depth: number, each: number): string {
  let text = "(component $n0)";
  for (let level = 1; level <= depth; level += 1) {
    const instances = `(instance (instantiate $n${level - 1}))`.repeat(each);
    text = `(component $n${level} ${text} ${instances})`;
  }
  return `${text} (instance (instantiate $n${depth}))`;
}

/** See above. */
export const growth: readonly HostileCase[] = [
  sensorCase("memory page by page", { read: `${byPages} unreachable` }, outOfMemory, { byCommand: true }),
  sensorCase(
    "memory all at once",
    { read: `(i32.store (memory.grow (i32.const 65000)) (i32.const 1)) unreachable` },
    /^the driver failed: it needs more than its 16 MiB of memory/,
  ),
  sensorCase(
    "memory at start",
    { start: `${byPages} unreachable` },
    /^\.\/case\.wasm does not start: it needs more than its 16 MiB of memory; set /,
  ),
  sensorCase("memory to the limit, and goes on", { read: `${byPages} ${give(places.read)}` }, "goes on"),
  sensorCase(
    "memory without end, never satisfied",
    { read: `(loop $l (drop (memory.grow (i32.const 1))) (br $l)) ${give(places.read)}` },
    "the driver took longer than its limit of 300 ms",
  ),
  sensorCase(
    "a table without end",
    {
      more: "(table 1 funcref)",
      read: `(loop $l (br_if $l (i32.ne (table.grow (ref.null func) (i32.const 100000)) (i32.const -1)))) unreachable`,
    },
    outOfMemory,
  ),
  sensorCase(
    "more memory at first than it may have",
    { pages: 400 },
    './case.wasm needs 26 MiB of memory; set "limits": { "memoryMiB": 26 } or more.',
    { byCommand: true },
  ),
  sensorCase(
    "a table at first of more than it may have",
    { more: "(table 2000000 funcref)" },
    /^\.\/case\.wasm needs 62 MiB of memory; set "limits"/,
  ),
  sensorCase(
    "memory of 4 GiB at first",
    { pages: 65536 },
    /^\.\/case\.wasm needs 40\d\d MiB of memory; set "limits"/,
  ),
  sensorCase("a second memory", { more: "(memory 1)" }, notStarted("memor")),
  sensorCase("a thousand tables", { more: "(table 1 funcref)".repeat(1000) }, notStarted("table")),
  sensorCase(
    "a memory of 64 bits",
    { component: "(core module $m (memory i64 1)) (core instance (instantiate $m))" },
    notStarted("64-bit memory, which this host refuses"),
  ),
  sensorCase(
    "a shared memory",
    { component: "(core module $m (memory 1 2 shared)) (core instance (instantiate $m))" },
    notStarted("shared memory, which this host refuses"),
  ),
  sensorCase(
    "garbage-collected objects",
    { more: "(type $s (struct (field i32)))" },
    notStarted("garbage-collected objects, which this host refuses"),
    { byCommand: true },
  ),
  sensorCase(
    "typed references",
    { more: "(type $of (func)) (func $y (param (ref $of)))" },
    notStarted("typed references, which this host refuses"),
  ),
  sensorCase(
    "threads",
    {
      component:
        "(core module $m (memory 1 2 shared) (func (drop (i32.atomic.load (i32.const 0))))) (core instance (instantiate $m))",
    },
    notStarted("which this host refuses"),
  ),
  sensorCase("sixteen million instances", { component: nestedInstances(12, 4) }, notLinked("more than \\d+")),
  sensorCase(
    "ten thousand instances",
    { component: `(core module $m)${"(core instance (instantiate $m))".repeat(10_000)}` },
    /goes on|more than/,
  ),
  sensorCase("ten thousand modules", { component: "(core module)".repeat(10_000) }, /goes on|more than/),
  sensorCase("instances in instances, twelve deep", { component: nestedInstances(12, 1) }, "goes on"),
  sensorCase("a type of 2^40 bytes", { types: `${hugeType(40)} ${sensorTypes}`, component: "" }, "goes on"),
  {
    name: "an app that takes all memory",
    kind: "app",
    bytes: () => app({ run: `${byPages} unreachable` }),
    ends: 'it failed: it needs more than its 16 MiB of memory; set "limits": { "memoryMiB": 32 } or more.',
    byCommand: true,
  },
];

/** A type of pairs of pairs. */
function hugeType(depth: number): string {
  let text = "(type $h0 (tuple u8 u8))";
  for (let level = 1; level <= depth; level += 1)
    text += `(type $h${level} (tuple $h${level - 1} $h${level - 1}))`;
  return text;
}
