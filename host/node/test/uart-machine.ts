/** A machine with one serial port, for tests: what it is asked is noted, and what it answers is the test's. */

import { ErrnoError } from "../src/linux/errno.ts";
import type { FileStatus, SystemFiles } from "../src/linux/system.ts";
import { DeviceLocks } from "../src/locks/device-locks.ts";
import { TERMIOS2_SIZE } from "../src/uart/constants.ts";
import type { LineCounters } from "../src/uart/counters.ts";
import type { UartDev } from "../src/uart/ioctl.ts";
import type { Ticker, UartSystem } from "../src/uart/system.ts";

const EAGAIN = 11;

/** The tty and the files of a machine. */
export class UartMachine implements UartSystem, UartDev {
  platform = "linux";
  /** Links and texts of /sys and /etc, by their paths. */
  readonly texts = new Map<string, string>([["/sys/dev/char/188:0/subsystem", "../../../../class/tty"]]);
  /** Device files, by their paths: their status, and whether this user may open them. */
  readonly devices = new Map<string, FileStatus & { usable: boolean; major: number; minor: number }>([
    ["/dev/ttyUSB0", { mode: 0o660, group: 20, inode: 7, usable: true, major: 188, minor: 0 }],
  ]);
  /** What was called, in order, but for reads and questions. */
  readonly log: string[] = [];
  /** What is read next: bytes, or an errno; nothing to be read where there are none. */
  readonly reads: (readonly number[] | number)[] = [];
  /** What a write takes: so many bytes, or an errno; all where there is none. */
  readonly writes: number[] = [];
  /** What each look at what is unsent gives; 0 from the end on. */
  readonly unsentBytes: number[] = [];
  count: LineCounters | undefined;
  openFails: number | undefined;
  termiosFails: number | undefined;
  isLocked = false;
  /** What the driver makes of settings. */
  takes = (termios: Uint8Array): Uint8Array => termios;
  #termios: Uint8Array = new Uint8Array(TERMIOS2_SIZE);
  #listener: (() => void) | undefined;
  readonly #locks = new DeviceLocks(undefined);
  readonly ticks: (() => void)[] = [];
  /** Whether the process goes on for the ticks alone. */
  isKept = false;

  readonly files: SystemFiles = {
    list: (folder) => {
      const names = [...this.texts.keys()].filter((path) => path.startsWith(`${folder}/`));
      const own = names.map((path) => path.slice(folder.length + 1).split("/")[0]!);
      return own.length === 0 ? undefined : [...new Set(own)];
    },
    read: (path) => this.texts.get(path),
    link: (path) => this.texts.get(path),
    status: (path) => this.devices.get(path),
    usable: (path) => this.devices.get(path)?.usable ?? false,
  };

  locks = () => this.#locks;
  uartDev = () => this;
  deviceNumber = (path: string) => this.devices.get(path);
  pause = async () => void this.log.push("pause");

  every(_: number, callback: () => void): Ticker {
    this.ticks.push(callback);
    return {
      keepProcess: (isKept) => {
        this.isKept = isKept;
      },
      [Symbol.dispose]: () => void this.ticks.splice(this.ticks.indexOf(callback), 1),
    };
  }

  /** Time passes. */
  tick(): void {
    for (const callback of [...this.ticks]) callback();
  }

  /** Something can be read, or the tty has hung up. */
  wake(): void {
    this.#listener?.();
  }

  open(path: string): number {
    this.log.push(`open ${path}`);
    if (this.openFails !== undefined) throw new ErrnoError("open", this.openFails);
    return 3;
  }

  close(): void {
    this.log.push("close");
  }

  lock = () => !this.isLocked;

  exclusive(_: number, isExclusive: boolean): void {
    this.log.push(isExclusive ? "exclusive" : "shared");
  }

  termios(): Uint8Array {
    if (this.termiosFails !== undefined) throw new ErrnoError("ioctl TCGETS2", this.termiosFails);
    return this.#termios;
  }

  setTermios(_: number, termios: Uint8Array): void {
    this.log.push("set");
    this.#termios = this.takes(termios);
  }

  read(_: number, bytes: Uint8Array): number {
    const next = this.reads.shift() ?? EAGAIN;
    if (typeof next === "number") throw new ErrnoError("read", next);
    bytes.set(next.slice(0, bytes.length));
    if (next.length > bytes.length) this.reads.unshift(next.slice(bytes.length));
    return Math.min(next.length, bytes.length);
  }

  write(_: number, bytes: Uint8Array): number {
    const taken = this.writes.shift() ?? bytes.length;
    if (taken < 0) throw new ErrnoError("write", -taken);
    this.log.push(`write ${bytes.subarray(0, taken)}`);
    return taken;
  }

  discard(_: number, what: "input" | "output"): void {
    this.log.push(`discard ${what}`);
  }

  unsent = () => this.unsentBytes.shift() ?? 0;
  isEmpty = () => undefined;
  counters = () => this.count;

  whenReadable(_: number, listener: () => void): Disposable {
    this.#listener = listener;
    return {
      [Symbol.dispose]: () => {
        this.#listener = undefined;
      },
    };
  }
}
