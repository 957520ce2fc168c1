/** Apps in WebAssembly text. */

import { code, type GuestParts, lifted, room } from "./guest.ts";
import { clocks, sensors, stdout } from "./host.ts";
import { Data, wat } from "./text.ts";

/** An app: what `run` does; it ends well with 0, with an error with 1. */
export interface AppParts extends GuestParts {
  readonly run?: string;
  /** A text in its memory at {@link textPlace}. */
  readonly text?: string | Uint8Array;
}

/** Where an app's text is in its memory. */
export const textPlace = 1024;

/** An app. */
export function app(parts: AppParts = {}): Promise<Uint8Array> {
  const data = new Data(65_536, textPlace);
  data.text(0, parts.text ?? "hello\n");
  const functions = { run: ["(result i32)", parts.run ?? "(i32.const 0)"] } as const;
  return wat(`(component $guest
    ${room(parts, data)}
    ${code(parts, functions)}
    (func $run (result (result)) ${lifted("run")})
    (instance $runs (export "run" (func $run)))
    (export "wasi:cli/run@0.2.0" (instance $runs)))`);
}

/** An app that reads the sensor "healthy" every 50 ms, and prints a line each time. */
export function readerApp(): Promise<Uint8Array> {
  return app({
    host: [stdout, clocks, sensors],
    text: "healthy\n",
    run: `(local $sensor i32) (local $stream i32) (local $wait i32)
      (local.set $stream (call $stdout))
      (call $open-sensor (i32.const ${textPlace}) (i32.const 7) (i32.const 256))
      (if (i32.load8_u (i32.const 256)) (then (return (i32.const 1))))
      (local.set $sensor (i32.load (i32.const 260)))
      (loop $again
        (call $read-sensor (local.get $sensor) (i32.const 256))
        (if (i32.load8_u (i32.const 256)) (then (return (i32.const 1))))
        (call $print (local.get $stream) (i32.const ${textPlace}) (i32.const 8) (i32.const 256))
        (local.set $wait (call $after (i64.const 50000000)))
        (call $block (local.get $wait))
        (call $drop-wait (local.get $wait))
        (br $again))
      (i32.const 0)`,
  });
}
