import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type CpioEntry, encodeCpio } from "../cpio.ts";

const PROGRAM = 0o100755;
const FOLDER = 0o40755;
const FILE = 0o100644;

/** The shared libraries of the native host's command, from Debian's cross-compiler. */
const LIBRARIES = ["ld-linux-aarch64.so.1", "libc.so.6", "libm.so.6", "libgcc_s.so.1"];
const LIBRARY_FOLDER = "/usr/aarch64-linux-gnu/lib";

/** What the machine has. */
export interface Contents {
  /** A busybox without shared libraries. */
  readonly busybox: string;
  /** busbar-wasmtime. */
  readonly command: string;
  /** The folder of a bundle. */
  readonly bundle: string;
  /** What its shell runs: commands, a line each. */
  readonly script: string;
}

/** The archive that the kernel starts from: all that the machine has. */
export function buildInitramfs({ busybox, command, bundle, script }: Contents): Uint8Array {
  const program = (path: string, file: string | URL): CpioEntry => ({
    path,
    mode: PROGRAM,
    data: readFileSync(file),
  });
  return gzipSync(
    encodeCpio([
      { path: "bin", mode: FOLDER },
      program("bin/busybox", busybox),
      program("bin/busbar-wasmtime", command),
      { path: "lib", mode: FOLDER },
      ...LIBRARIES.map((name) => program(`lib/${name}`, join(LIBRARY_FOLDER, name))),
      program("init", new URL("../../machine/init-aarch64.sh", import.meta.url)),
      { path: "command", mode: FILE, data: new TextEncoder().encode(script) },
      ...folder("bundle", bundle),
    ]),
    { level: 1 },
  );
}

function folder(path: string, from: string): CpioEntry[] {
  const entries = readdirSync(from).flatMap((name) => {
    const [inside, file] = [`${path}/${name}`, join(from, name)];
    return statSync(file).isDirectory()
      ? folder(inside, file)
      : [{ path: inside, mode: FILE, data: readFileSync(file) }];
  });
  return [{ path, mode: FOLDER }, ...entries];
}
