/** A pseudo terminal of the kernel: a serial port without hardware, whose other side a test has. Needs no rights. */

import { closeSync, constants, readSync, writeSync } from "node:fs";
import { createRequire } from "node:module";

/** The one that the host has. */
const koffi = createRequire(import.meta.resolve("@busbar/host-node"))("koffi") as Koffi;
const library = koffi.load(null);
const posixOpenpt = library.func("int posix_openpt(int flags)");
const grantpt = library.func("int grantpt(int fd)");
const unlockpt = library.func("int unlockpt(int fd)");
const ptsname = library.func("const char *ptsname(int fd)");

/** linux/fcntl.h: not for programs that this one starts, which would keep a port plugged in that is pulled out here. */
const O_CLOEXEC = 0o2000000;

/** What is used of it. */
interface Koffi {
  load(path: null): { func(declaration: string): (...parameters: unknown[]) => unknown };
  errno(): number;
}

/** Opens a pair; the port is the side that has a name. */
export class Pty {
  /** Below /dev: "pts/3". */
  readonly port: string;
  #master: number | undefined;

  constructor() {
    const flags = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK | O_CLOEXEC;
    const master = posixOpenpt(flags) as number;
    if (master < 0 || Number(grantpt(master)) < 0 || Number(unlockpt(master)) < 0) {
      throw new Error(`no pseudo terminal: errno ${koffi.errno()}`);
    }
    this.#master = master;
    this.port = (ptsname(master) as string).replace(/^\/dev\//, "");
  }

  /** The other side sends. */
  send(bytes: Uint8Array): void {
    for (let sent = 0; sent < bytes.length; ) sent += writeSync(this.#master!, bytes.subarray(sent));
  }

  /** What has come to the other side since it was asked last. */
  received(): Uint8Array {
    const bytes = new Uint8Array(65_536);
    let length = 0;
    try {
      for (;;) length += readSync(this.#master!, bytes, length, bytes.length - length, null);
    } catch (error) {
      // EIO: nobody has the port open.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EAGAIN" && code !== "EIO") throw error;
    }
    return bytes.slice(0, length);
  }

  /** Pulls it out: the port's name goes with it. Without effect where that is done. */
  unplug(): void {
    if (this.#master !== undefined) closeSync(this.#master);
    this.#master = undefined;
  }
}
