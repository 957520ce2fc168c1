import { UartError, type UartErrorCode } from "@busbar/host/backend";
import { ErrnoError, errnoName, errnoOf } from "../linux/errno.ts";

/** What an errno of a call on an open tty means. */
interface UartErrnoMeaning {
  /** As in errno.h: "EIO". */
  readonly name: string;
  /** Linux's number, asm-generic/errno.h: the same on every architecture that koffi runs on. */
  readonly errno: number;
  /** What the guest gets. */
  readonly tag: Extract<UartErrorCode["tag"], "disconnected" | "other">;
  /** One clause for people: what happened and, where something can be done, what. */
  readonly meaning: string;
}

const gone = "the port is gone; check that its adapter is plugged in";

/** What a failed call reports, after drivers/tty/tty_io.c, drivers/tty/n_tty.c and the practice of the drivers. */
export const UART_ERRNOS: readonly UartErrnoMeaning[] = [
  // tty_io.c, hung_up_tty_read and -_write; n_tty.c: the other side of a pty was closed.
  { name: "EIO", errno: 5, tag: "disconnected", meaning: gone },
  { name: "ENXIO", errno: 6, tag: "disconnected", meaning: gone },
  { name: "ENODEV", errno: 19, tag: "disconnected", meaning: gone },
  // USB adapters that are pulled out in the middle of a request.
  { name: "EPROTO", errno: 71, tag: "disconnected", meaning: gone },
  { name: "ESHUTDOWN", errno: 108, tag: "disconnected", meaning: gone },
  { name: "EINVAL", errno: 22, tag: "other", meaning: "the port cannot be set like that" },
  { name: "ENOMEM", errno: 12, tag: "other", meaning: "the kernel has no memory for it" },
  { name: "EINTR", errno: 4, tag: "other", meaning: "a signal interrupted the call" },
  { name: "EBADF", errno: 9, tag: "other", meaning: "the port is not open any more" },
  { name: "ENOTTY", errno: 25, tag: "other", meaning: "this file is no serial port" },
];

const meanings = new Map(UART_ERRNOS.map((meaning) => [meaning.errno, meaning]));

/**
 * The error of a failed call.
 *
 * @param error what the system call threw
 * @param path the port, for people: "/dev/ttyUSB0"
 */
export function uartCallError(error: unknown, path: string): UartError {
  const errno = errnoOf(error);
  if (errno === undefined) {
    const reason = error instanceof Error ? error.message : String(error);
    return new UartError("other", `${path}: ${reason}`, { cause: error });
  }
  const known = meanings.get(errno);
  const text = known === undefined ? "the call failed" : known.meaning;
  return new UartError(known?.tag ?? "other", `${path}: ${text} (${errnoName(errno)})`, { cause: error });
}

/** What a call fails with whose tty has hung up: `read` gives nothing then. */
export function hungUpError(path: string): UartError {
  const EIO = 5;
  return uartCallError(new ErrnoError("read", EIO), path);
}
