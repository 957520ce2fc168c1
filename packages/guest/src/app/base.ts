/** What every app has: printing, waiting, and the export `run`. */

/// <reference path="../../generated/index.d.ts" preserve="true" />

import { getStderr } from "wasi:cli/stderr@0.2.0";
import { getStdout } from "wasi:cli/stdout@0.2.0";
import { now, subscribeDuration } from "wasi:clocks/monotonic-clock@0.2.0";
import type { OutputStream } from "wasi:io/streams@0.2.0";
import { DriverError } from "../errors.ts";
import { fromU64, toU64 } from "../u64.ts";
import { utf8 } from "../utf8.ts";

/** wasi:io/streams: the most bytes of one `blocking-write-and-flush`. */
const LONGEST_WRITE = 4096;

/** Prints one line. */
export function print(line: string): void {
  writeOut(utf8(`${line}\n`));
}

/** Prints one line to standard error. */
export function printError(line: string): void {
  writeTo(getStderr(), utf8(`${line}\n`));
}

/** Writes bytes to standard output, as they are. */
export function writeOut(bytes: Uint8Array): void {
  writeTo(getStdout(), bytes);
}

function writeTo(stream: OutputStream, bytes: Uint8Array): void {
  try {
    for (let start = 0; start < bytes.length; start += LONGEST_WRITE) {
      stream.blockingWriteAndFlush(bytes.subarray(start, start + LONGEST_WRITE));
    }
  } finally {
    stream[Symbol.dispose]();
  }
}

/** Milliseconds on a clock that never goes back; only differences mean anything. */
export function nowMs(): number {
  return fromU64(now()) / 1e6;
}

/** Waits at least `ms` milliseconds. Drivers and other apps go on meanwhile. */
export function waitMs(ms: number): void {
  const pollable = subscribeDuration(toU64(Math.ceil(Math.max(ms, 0) * 1e6)));
  try {
    pollable.block();
  } finally {
    pollable[Symbol.dispose]();
  }
}

/**
 * Makes the WIT export `run` of an app. A DriverError that `main` does not catch is printed to standard error and
 * ends the app with an error; anything else is a bug and traps.
 *
 * @example export const run = defineApp(() => print(`${openSensor("indoor").read().temperature} °C`));
 */
export function defineApp(main: () => void): { run(): void } {
  return {
    run() {
      try {
        main();
      } catch (error) {
        if (!(error instanceof DriverError)) throw new Error(`a bug in the app: ${error}`, { cause: error });
        printError(`error: ${error.message}`);
        // The error of `result` has no value.
        throw undefined;
      }
    },
  };
}
