/** Guests that trap, and guests that catch it and go on. */

import type { HostileCase } from "../case.ts";
import { app } from "../wat/app.ts";
import { settings } from "../wat/host.ts";
import { give, opens, places } from "../wat/sensor.ts";
import { catchingRecursion } from "./bodies.ts";
import { sensorCase } from "./sensor-case.ts";

const mend = "which its author has to mend";
/** Asks with a name that leads out of its memory, for which the host ends it, and catches that. */
const caught =
  "(block $h (try_table (catch_all $h) (call $get (i32.const -8) (i32.const 64) (i32.const 256))))";
const unreachable = `the driver failed: it trapped (unreachable), ${mend}`;

/** See above. */
export const trapping: readonly HostileCase[] = [
  sensorCase(
    "unreachable at start",
    { start: "unreachable" },
    `./case.wasm does not start: it trapped (unreachable), ${mend}.`,
    {
      byCommand: true,
    },
  ),
  sensorCase("unreachable in open", { open: "unreachable" }, unreachable),
  sensorCase("unreachable in info", { info: "unreachable" }, unreachable),
  sensorCase("unreachable in channels", { listed: "unreachable" }, unreachable),
  sensorCase("unreachable in read", { read: "unreachable" }, unreachable, { byCommand: true }),
  sensorCase("unreachable in close", { close: "unreachable" }, unreachable),
  sensorCase("unreachable in realloc", { realloc: "unreachable" }, unreachable),
  sensorCase("unreachable in post-return", { postReturn: "unreachable" }, unreachable),
  sensorCase("unreachable in a destructor", { destructor: "unreachable" }, unreachable),
  sensorCase(
    "out of bounds",
    { read: "(i32.load (i32.const -4))" },
    /^the driver failed: it trapped \(memory access out of bounds\)/,
  ),
  sensorCase(
    "division by zero",
    { read: "(i32.div_u (i32.const 1) (i32.load (i32.const 300)))" },
    /divide by zero/,
  ),
  sensorCase(
    "a call of nothing",
    {
      more: "(table 1 funcref) (type $of (func))",
      read: `(call_indirect (type $of) (i32.const 0)) ${give(places.read)}`,
    },
    /^the driver failed: it trapped \(.*\), which its author has to mend$/,
  ),
  sensorCase(
    "a stack overflow",
    { more: "(func $r (call $r) (call $r))", read: `(call $r) ${give(places.read)}` },
    `the driver failed: its calls are nested too deeply, ${mend}`,
    { byCommand: true },
  ),
  sensorCase(
    "an exception that nobody catches",
    { more: "(tag $tag)", read: "(throw $tag)" },
    `the driver failed: it threw an exception that it does not catch, ${mend}`,
  ),
  sensorCase(
    "recursion that catches everything, again and again",
    { more: catchingRecursion[0], read: `${catchingRecursion[1]} ${give(places.read)}` },
    `the driver failed: its calls are nested too deeply, ${mend}`,
  ),
  sensorCase(
    "catches what the host threw and goes on",
    {
      host: [settings],
      read: `${caught} ${give(places.read)}`,
    },
    "the driver failed: a pointer leads out of the memory",
  ),
  sensorCase(
    "catches what the host threw and loops",
    {
      host: [settings],
      read: `${caught} (loop $l (br $l)) ${give(places.read)}`,
    },
    "the driver failed: a pointer leads out of the memory",
    { byCommand: true },
  ),
  sensorCase(
    "a result that is nowhere",
    { read: "(i32.const -8)" },
    "the driver failed: a pointer leads out of the memory",
  ),
  sensorCase(
    "a result that is not aligned",
    { read: "(i32.const 1)" },
    "the driver failed: a pointer is not aligned",
  ),
  sensorCase(
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
