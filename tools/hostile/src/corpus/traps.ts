/** Guests that trap, and guests that catch it and go on. */

import type { HostileCase } from "../case.ts";
import { app } from "../wat/app.ts";
import { settings } from "../wat/host.ts";
import { give, opens, places, type SensorParts, sensor } from "../wat/sensor.ts";
import { catchingRecursion } from "./bodies.ts";

const mend = "which its author has to mend";
/** Asks with a name that leads out of its memory, for which the host ends it, and catches that. */
const caught =
  "(block $h (try_table (catch_all $h) (call $get (i32.const -8) (i32.const 64) (i32.const 256))))";
const unreachable = `the driver failed: it trapped (unreachable), ${mend}`;

function traps(
  name: string,
  parts: SensorParts,
  ends: HostileCase["ends"],
  more: Partial<HostileCase> = {},
): HostileCase {
  return { name, kind: "sensor", bytes: () => sensor(parts), ends, ...more };
}

/** See above. */
export const trapping: readonly HostileCase[] = [
  traps(
    "unreachable at start",
    { start: "unreachable" },
    `./case.wasm does not start: it trapped (unreachable), ${mend}.`,
    {
      byCommand: true,
    },
  ),
  traps("unreachable in open", { open: "unreachable" }, unreachable),
  traps("unreachable in info", { info: "unreachable" }, unreachable),
  traps("unreachable in channels", { listed: "unreachable" }, unreachable),
  traps("unreachable in read", { read: "unreachable" }, unreachable, { byCommand: true }),
  traps("unreachable in close", { close: "unreachable" }, unreachable),
  traps("unreachable in realloc", { realloc: "unreachable" }, unreachable),
  traps("unreachable in post-return", { postReturn: "unreachable" }, unreachable),
  traps("unreachable in a destructor", { destructor: "unreachable" }, unreachable),
  traps(
    "out of bounds",
    { read: "(i32.load (i32.const -4))" },
    /^the driver failed: it trapped \(memory access out of bounds\)/,
  ),
  traps(
    "division by zero",
    { read: "(i32.div_u (i32.const 1) (i32.load (i32.const 300)))" },
    /divide by zero/,
  ),
  traps(
    "a call of nothing",
    {
      more: "(table 1 funcref) (type $of (func))",
      read: `(call_indirect (type $of) (i32.const 0)) ${give(places.read)}`,
    },
    /^the driver failed: it trapped \(.*\), which its author has to mend$/,
  ),
  traps(
    "a stack overflow",
    { more: "(func $r (call $r) (call $r))", read: `(call $r) ${give(places.read)}` },
    `the driver failed: its calls are nested too deeply, ${mend}`,
    { byCommand: true },
  ),
  traps(
    "an exception that nobody catches",
    { more: "(tag $tag)", read: "(throw $tag)" },
    `the driver failed: it threw an exception that it does not catch, ${mend}`,
  ),
  traps(
    "recursion that catches everything, again and again",
    { more: catchingRecursion[0], read: `${catchingRecursion[1]} ${give(places.read)}` },
    `the driver failed: its calls are nested too deeply, ${mend}`,
  ),
  traps(
    "catches what the host threw and goes on",
    {
      host: [settings],
      read: `${caught} ${give(places.read)}`,
    },
    "the driver failed: a pointer leads out of the memory",
  ),
  traps(
    "catches what the host threw and loops",
    {
      host: [settings],
      read: `${caught} (loop $l (br $l)) ${give(places.read)}`,
    },
    "the driver failed: a pointer leads out of the memory",
    { byCommand: true },
  ),
  traps(
    "a result that is nowhere",
    { read: "(i32.const -8)" },
    "the driver failed: a pointer leads out of the memory",
  ),
  traps(
    "a result that is not aligned",
    { read: "(i32.const 1)" },
    "the driver failed: a pointer is not aligned",
  ),
  traps(
    "a device that it does not have",
    { open: opens.replace("(call $new (i32.const 7))", "(i32.const 99)") },
    'the driver failed: handle 99 is no "resource"',
  ),
  {
    name: "an app that traps",
    kind: "app",
    bytes: () => app({ run: "unreachable" }),
    ends: `it failed: it trapped (unreachable), ${mend}.`,
    byCommand: true,
  },
  {
    name: "an app that ends with an error",
    kind: "app",
    bytes: () => app({ run: "(i32.const 1)" }),
    ends: "it ended with an error.",
  },
  {
    name: "an app that overflows its stack",
    kind: "app",
    bytes: () => app({ more: "(func $r (call $r) (call $r))", run: "(call $r) (i32.const 0)" }),
    ends: `it failed: its calls are nested too deeply, ${mend}.`,
  },
];
