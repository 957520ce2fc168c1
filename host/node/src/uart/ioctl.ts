import { constants, readSync, writeSync } from "node:fs";
import { endianness } from "node:os";
import { DescriptorWaiter } from "../linux/descriptor-waiter.ts";
import { bindDeviceCalls } from "../linux/device-calls.ts";
import { asErrno, ErrnoError } from "../linux/errno.ts";
import { type Koffi, loadKoffi } from "../linux/ioctl.ts";
import {
  ICOUNTER_SIZE,
  TCFLSH,
  TCGETS2,
  TCIFLUSH,
  TCOFLUSH,
  TCSETS2,
  TERMIOS2_SIZE,
  TIOCEXCL,
  TIOCGICOUNT,
  TIOCNXCL,
  TIOCOUTQ,
  TIOCSER_TEMT,
  TIOCSERGETLSR,
} from "./constants.ts";
import { decodeCounters, type LineCounters } from "./counters.ts";

/**
 * The system calls behind a tty, and nothing above them. Everything else in this folder reaches the kernel through this interface, so
 * tests put a model of a tty in its place.
 *
 * Every call throws an {@link ErrnoError} when the kernel refuses.
 */
export interface UartDev {
  /** Opens a tty, which becomes nobody's terminal, and never waits. Returns the descriptor. */
  open(path: string): number;
  /** Closes a descriptor. */
  close(descriptor: number): void;
  /** `flock(LOCK_EX | LOCK_NB)` on the tty itself: false where another program has that. */
  lock(descriptor: number): boolean;
  /** `TIOCEXCL` or `TIOCNXCL`: whether others can open it too. */
  exclusive(descriptor: number, isExclusive: boolean): void;
  /** `TCGETS2`. ENOTTY where the file is no tty. */
  termios(descriptor: number): Uint8Array;
  /** `TCSETS2`. */
  setTermios(descriptor: number, termios: Uint8Array): void;
  /** `read(2)`. EAGAIN where there is nothing; 0 where the tty has hung up. */
  read(descriptor: number, bytes: Uint8Array): number;
  /** `write(2)`. EAGAIN where nothing fits. */
  write(descriptor: number, bytes: Uint8Array): number;
  /** `TCFLSH`: forgets what has come, or what was written and has not left. */
  discard(descriptor: number, what: "input" | "output"): void;
  /** `TIOCOUTQ`: how many bytes were written and have not left the kernel. */
  unsent(descriptor: number): number;
  /** `TIOCSERGETLSR`: whether the last bit has left the chip; undefined where its driver does not tell. */
  isEmpty(descriptor: number): boolean | undefined;
  /** `TIOCGICOUNT`: undefined where its driver does not count. */
  counters(descriptor: number): LineCounters | undefined;
  /** Calls the listener whenever there may be something to be read, or the tty has hung up. */
  whenReadable(descriptor: number, listener: () => void): Disposable;
}

/** linux/fcntl.h */
const LOCK_EX = 2;
const LOCK_NB = 4;

let loaded: UartDev | undefined;

/**
 * The real calls. koffi is loaded by the first call, and once.
 *
 * @throws BackendError when koffi cannot be loaded
 */
export function loadUartDev(): UartDev {
  loaded ??= bind(loadKoffi());
  return loaded;
}

function bind(koffi: Koffi): UartDev {
  const { open, close, ioctl } = bindDeviceCalls(koffi);
  const flock = koffi.load(null).func("int flock(int fd, int operation)");
  const waiter = new DescriptorWaiter(koffi);
  const bytesPointer = koffi.pointer("uint8_t");
  const { ulong } = koffi.types;

  const numberOf = (name: string, descriptor: number, request: number) => {
    const bytes = new Uint8Array(4);
    ioctl(name, descriptor, request, bytesPointer, bytes);
    return new DataView(bytes.buffer).getInt32(0, endianness() === "LE");
  };

  return {
    open: (path) => open(path, constants.O_NOCTTY | constants.O_NONBLOCK),
    close,
    lock: (descriptor) => flock(descriptor, LOCK_EX | LOCK_NB) === 0,
    exclusive(descriptor, isExclusive) {
      const [name, request] = isExclusive ? ["TIOCEXCL", TIOCEXCL] : ["TIOCNXCL", TIOCNXCL];
      ioctl(name as string, descriptor, request as number, ulong, 0);
    },
    termios(descriptor) {
      const termios = new Uint8Array(TERMIOS2_SIZE);
      ioctl("TCGETS2", descriptor, TCGETS2, bytesPointer, termios);
      return termios;
    },
    setTermios(descriptor, termios) {
      ioctl("TCSETS2", descriptor, TCSETS2, bytesPointer, termios);
    },
    read: (descriptor, bytes) => asErrno("read", () => readSync(descriptor, bytes)),
    write: (descriptor, bytes) => asErrno("write", () => writeSync(descriptor, bytes)),
    discard(descriptor, what) {
      ioctl("TCFLSH", descriptor, TCFLSH, ulong, what === "input" ? TCIFLUSH : TCOFLUSH);
    },
    unsent: (descriptor) => numberOf("TIOCOUTQ", descriptor, TIOCOUTQ),
    isEmpty: (descriptor) =>
      unlessRefused(() => (numberOf("TIOCSERGETLSR", descriptor, TIOCSERGETLSR) & TIOCSER_TEMT) !== 0),
    counters: (descriptor) =>
      unlessRefused(() => {
        const bytes = new Uint8Array(ICOUNTER_SIZE);
        ioctl("TIOCGICOUNT", descriptor, TIOCGICOUNT, bytesPointer, bytes);
        return decodeCounters(bytes);
      }),
    whenReadable: (descriptor, listener) => waiter.add(descriptor, listener),
  };
}

/** Whatever a driver says of what it does not have: most say ENOTTY, some EINVAL. */
function unlessRefused<Result>(ask: () => Result): Result | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof ErrnoError) return undefined;
    throw error;
  }
}
