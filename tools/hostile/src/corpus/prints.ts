/** Apps that print without end, or what is obeyed instead of shown, and that keep what they are given. */

import type { HostileCase } from "../case.ts";
import { app, textPlace } from "../wat/app.ts";
import { clocks, stdout } from "../wat/host.ts";
import { control } from "./texts.ts";

const stream = "(local $s i32) (local.set $s (call $stdout))";
const forever = (body: string) => `${stream} (loop $l ${body} (br $l)) (i32.const 0)`;
const print = (length: number) =>
  `(call $print (local.get $s) (i32.const ${textPlace}) (i32.const ${length}) (i32.const 256))`;

function prints(
  name: string,
  run: string,
  ends: HostileCase["ends"],
  text = "hello\n",
  more: Partial<HostileCase> = {},
): HostileCase {
  return { name, kind: "app", bytes: () => app({ host: [stdout, clocks], run, text }), ends, ...more };
}

/** See above. */
export const printing: readonly HostileCase[] = [
  prints("prints without end", forever(print(6)), "goes on", "hello\n", { byCommand: true }),
  prints("prints 4 KiB at a time without end", forever(print(4096)), "goes on", `${"x".repeat(4095)}\n`),
  prints("prints without end and never a newline", forever(print(4096)), "goes on", "x".repeat(4096), {
    byCommand: true,
  }),
  prints(
    "prints what is obeyed, without end",
    forever(print(new TextEncoder().encode(control).length)),
    "goes on",
    control,
    { byCommand: true },
  ),
  prints("prints nothing, without end", forever(print(0)), "goes on"),
  prints(
    "prints more than may be",
    `${stream} (call $write (local.get $s) (i32.const 0) (i32.const 65536) (i32.const 256)) (i32.const 0)`,
    "it failed: wasi:io/streams: more was written than check-write permits.",
  ),
  prints(
    "prints from where there is no memory",
    `${stream} ${print(-1)} (i32.const 0)`,
    "it failed: a pointer leads out of the memory.",
  ),
  prints(
    "streams without end, never given back",
    "(loop $l (drop (call $stdout)) (br $l)) (i32.const 0)",
    "it failed: it holds more than 4096 handles.",
    "",
    { byCommand: true },
  ),
  prints(
    "waits without end, never given back",
    "(loop $l (drop (call $after (i64.const 1))) (br $l)) (i32.const 0)",
    "it failed: it holds more than 4096 handles.",
    "",
  ),
  prints(
    "asks for the time without end",
    "(loop $l (drop (call $now)) (br $l)) (i32.const 0)",
    "goes on",
    "",
  ),
  prints("a wait of 584 years", "(call $block (call $after (i64.const -1))) (i32.const 0)", "goes on", ""),
];
