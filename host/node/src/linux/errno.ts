import { getSystemErrorName } from "node:util";
import { I2cError, type I2cErrorCode } from "@busbar/host/backend";

/** asm-generic/errno-base.h: the device of an open file is gone. */
export const ENODEV = 19;

/** A failed system call. */
export class ErrnoError extends Error {
  override readonly name = "ErrnoError";
  /** The C library's `errno`: positive. */
  readonly errno: number;

  /** @param call what was called, for people: "ioctl I2C_RDWR" */
  constructor(call: string, errno: number, options?: ErrorOptions) {
    super(`${call} failed with ${errnoName(errno)}`, options);
    this.errno = errno;
  }
}

/** What an errno of a transaction means. */
export interface ErrnoMeaning {
  /** As in errno.h: "ENXIO". */
  readonly name: string;
  /** Linux's number, asm-generic/errno.h: the same on every architecture that Node runs on. */
  readonly errno: number;
  /** What the guest gets. */
  readonly payload: I2cErrorCode;
  /** One clause for people: what happened and, where something can be done, what. */
  readonly meaning: string;
}

/**
 * What a failed transaction reports, after Documentation/i2c/fault-codes.rst and the adapters' practice.
 *
 * `no-acknowledge` with "data" never comes from Linux: no errno separates a refused data byte from the rest.
 */
export const TRANSACTION_ERRNOS: readonly ErrnoMeaning[] = [
  // fault-codes.rst: "the address phase of a transfer didn't get an ACK".
  {
    name: "ENXIO",
    errno: 6,
    payload: { tag: "no-acknowledge", val: "address" },
    meaning: "nothing acknowledges the address; check the wiring, the power and the address",
  },
  // Not in fault-codes.rst. i2c-bcm2835 (Raspberry Pi), i2c-designware and others return it when any byte, address or
  // data, is not acknowledged: their hardware sets one bit for both.
  {
    name: "EREMOTEIO",
    errno: 121,
    payload: { tag: "no-acknowledge", val: "unknown" },
    meaning: "a byte was not acknowledged; check the wiring, the power and the address",
  },
  // fault-codes.rst knows it from probe functions only. In a transfer it comes from i2c-stub, for an address where it
  // holds no chip, and from USB adapters that were unplugged: either way nothing acknowledges, and Linux does not
  // tell which.
  {
    name: "ENODEV",
    errno: 19,
    payload: { tag: "no-acknowledge", val: "unknown" },
    meaning:
      "there is no device at the address, or the adapter itself is gone; check that both are plugged in",
  },
  // fault-codes.rst: "when they lose arbitration in master transmit mode".
  {
    name: "EAGAIN",
    errno: 11,
    payload: { tag: "arbitration-loss" },
    meaning: "another controller won the bus; the same transaction may succeed later",
  },
  // The vague one: "something went wrong when performing an I/O operation". It is about the wires, not the request,
  // so it is the bus's fault and not the catch-all. i2c-tiny-usb also returns it once it is unplugged.
  {
    name: "EIO",
    errno: 5,
    payload: { tag: "bus" },
    meaning:
      "the controller reports a fault; check the wiring, the pull-up resistors, and that the adapter is still plugged in",
  },
  // fault-codes.rst: "the bus was busy for longer than allowed". (An address that a kernel driver holds also gives
  // EBUSY, but from I2C_SLAVE: bus-file.ts.)
  {
    name: "EBUSY",
    errno: 16,
    payload: { tag: "bus" },
    meaning: "the bus stayed busy; a line is held low or a device needs a reset",
  },
  // fault-codes.rst: "a slave stretches clocks too far", or a transfer that never ended.
  {
    name: "ETIMEDOUT",
    errno: 110,
    payload: { tag: "bus" },
    meaning:
      "the transfer did not end in time; a line is held low or the device stretches the clock too long",
  },
  // fault-codes.rst: "slave does not conform to the relevant I2C or SMBus protocol specifications". Qualcomm's
  // controllers return it for an unexpected start or stop.
  {
    name: "EPROTO",
    errno: 71,
    payload: { tag: "bus" },
    meaning: "an unexpected start, stop or length was seen on the bus",
  },
  // fault-codes.rst: an invalid Packet Error Code byte, a corrupted transfer.
  { name: "EBADMSG", errno: 74, payload: { tag: "bus" }, meaning: "the transfer's checksum was wrong" },
  // Not in fault-codes.rst; asm-generic: value too large. Controllers with a hardware FIFO report lost bytes so.
  {
    name: "EOVERFLOW",
    errno: 75,
    payload: { tag: "overrun" },
    meaning: "the controller lost data",
  },
  // fault-codes.rst: "an invalid parameter has been detected before any I/O operation was started".
  {
    name: "EINVAL",
    errno: 22,
    payload: { tag: "other" },
    meaning: "the kernel refuses this transaction's address, length or form",
  },
  // fault-codes.rst: "if an I2C adapter can't execute all legal I2C messages". Adapter quirks: a length limit, a read
  // that must come last, no repeated start.
  {
    name: "EOPNOTSUPP",
    errno: 95,
    payload: { tag: "other" },
    meaning: "the adapter cannot run this transaction in one piece; use shorter or fewer operations",
  },
  {
    name: "EMSGSIZE",
    errno: 90,
    payload: { tag: "other" },
    meaning: "the transfer is longer than the adapter can take; use shorter operations",
  },
  // fault-codes.rst: "an adapter which is already suspended".
  {
    name: "ESHUTDOWN",
    errno: 108,
    payload: { tag: "other" },
    meaning: "the adapter is suspended; wake the machine or the adapter",
  },
  { name: "EINTR", errno: 4, payload: { tag: "other" }, meaning: "a signal interrupted the transaction" },
  {
    name: "ENOMEM",
    errno: 12,
    payload: { tag: "other" },
    meaning: "the kernel has no memory for the transaction",
  },
  {
    name: "EPERM",
    errno: 1,
    payload: { tag: "other" },
    meaning: "the kernel forbids this transaction to this process",
  },
  {
    name: "EACCES",
    errno: 13,
    payload: { tag: "other" },
    meaning: "the kernel forbids this transaction to this process",
  },
  { name: "EBADF", errno: 9, payload: { tag: "other" }, meaning: "the bus is not open any more" },
  // What every file that is no I2C character device answers to these requests.
  { name: "ENOTTY", errno: 25, payload: { tag: "other" }, meaning: "this file is not an I2C bus" },
];

const meanings = new Map(TRANSACTION_ERRNOS.map((meaning) => [meaning.errno, meaning]));

/** The name of a positive Linux errno: "ENXIO"; for one that nobody knows, "errno 4711". */
export function errnoName(errno: number): string {
  const known = meanings.get(errno);
  if (known !== undefined) return known.name;
  try {
    const name = getSystemErrorName(-errno);
    return name.startsWith("E") ? name : `errno ${errno}`;
  } catch {
    return `errno ${errno}`; // Not a negative integer: nothing that a system call returns.
  }
}

/**
 * The positive errno that an error carries: ours, one of Node's file system (which negates it) or one of i2c-bus.
 * `undefined` when it carries none.
 */
export function errnoOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errno" in error) || typeof error.errno !== "number") return undefined;
  return Math.abs(error.errno);
}

/**
 * Makes a call of Node's file system one that throws as the system calls behind koffi do.
 *
 * @param call what is called, for people: "open /dev/ttyUSB0"
 * @throws ErrnoError where the kernel refuses
 */
export function asErrno<Result>(call: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    throw new ErrnoError(call, errno, { cause: error });
  }
}

/**
 * The error of a failed transaction.
 *
 * @param error what the system call, or i2c-bus, threw
 * @param path the bus, for people: "/dev/i2c-1"
 * @param address the 7-bit address
 */
export function transactionError(error: unknown, path: string, address: number): I2cError {
  const where = `${path}, address ${formatAddress(address)}`;
  const errno = errnoOf(error);
  if (errno === undefined) {
    const reason = error instanceof Error ? error.message : String(error);
    return new I2cError({ tag: "other" }, `${where}: ${reason}`, { cause: error });
  }
  const known = meanings.get(errno);
  const text = known === undefined ? "the transaction failed" : known.meaning;
  const payload: I2cErrorCode = known?.payload ?? { tag: "other" };
  return new I2cError(payload, `${where}: ${text} (${errnoName(errno)})`, { cause: error });
}

/** An address as people write it: two hex digits, "0x76". */
export function formatAddress(address: number): string {
  return `0x${address.toString(16).padStart(2, "0")}`;
}
