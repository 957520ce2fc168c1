/** Guests that compute without end, everywhere that a guest can run. */

import type { HostileCase } from "../case.ts";
import { app } from "../wat/app.ts";
import { display } from "../wat/display.ts";
import { give, opens, places } from "../wat/sensor.ts";
import { calling, endless, endlessMore } from "./bodies.ts";
import { sensorCase } from "./sensor-case.ts";

const overtime = "the driver took longer than its limit of 300 ms";
const atOnce = "the driver failed: it computes where it has to answer at once";
const forever = endless["a loop"];

/** See above. */
export const loops: readonly HostileCase[] = [
  sensorCase("a loop in start", { start: forever }, `./case.wasm does not start: ${overtime}.`, {
    byCommand: true,
  }),
  sensorCase("a loop in open", { open: `${forever} ${opens}` }, overtime, { byCommand: true }),
  sensorCase("a loop in info", { info: `${forever} ${give(places.info)}` }, overtime),
  sensorCase("a loop in channels", { listed: `${forever} ${give(places.channels)}` }, overtime),
  sensorCase("a loop in close", { close: forever }, overtime, { byCommand: "quietly" }),
  // Beyond these the host's own frames lie, over which nothing can be held: less time, no other device harmed for long.
  sensorCase("a loop in realloc", { realloc: `${forever} (i32.const 0)` }, atOnce, { byCommand: true }),
  sensorCase("a loop in post-return", { postReturn: forever }, atOnce),
  sensorCase("a loop in a destructor", { destructor: forever }, atOnce, { byCommand: "quietly" }),
  ...Object.entries(endless).map(([name, body]) =>
    sensorCase(
      `${name}, in read`,
      { more: body.includes("try_table") ? endlessMore : "", read: `${body} ${give(places.read)}` },
      overtime,
      {
        byCommand: name === "memory.fill",
      },
    ),
  ),
  ...Object.entries(calling).map(([name, [more, body]]) =>
    sensorCase(`${name}, in read`, { more, read: `${body} ${give(places.read)}` }, overtime, {
      byCommand: name === "exponential calls",
    }),
  ),
  sensorCase(
    "memory.fill of 60 MiB in a loop",
    {
      read: `(drop (memory.grow (i32.const 970)))
        (loop $l (memory.fill (i32.const 65536) (i32.const 0) (i32.const 62914560)) (br $l)) ${give(places.read)}`,
    },
    overtime,
    { limits: { memoryMiB: 64 }, byCommand: true },
  ),
  {
    name: "a loop in a display's write",
    kind: "display",
    bytes: () => display({ write: `${forever} (i32.const 0)` }),
    ends: overtime,
  },
  {
    name: "a loop in an app's start",
    kind: "app",
    bytes: () => app({ start: forever }),
    ends: "goes on",
    byCommand: true,
  },
  {
    name: "a loop in an app",
    kind: "app",
    bytes: () => app({ run: `${forever} (i32.const 0)` }),
    ends: "goes on",
    byCommand: true,
  },
  {
    name: "tail calls in an app",
    kind: "app",
    bytes: () => app({ more: calling["tail calls"][0], run: "(call $t) (i32.const 0)" }),
    ends: "goes on",
  },
];
