import { SpiError, type SpiErrorCode } from "@busbar/host/backend";
import { ErrnoError, errnoName, errnoOf } from "../linux/errno.ts";

/** What an errno of a transaction means. */
interface SpiErrnoMeaning {
  /** As in errno.h: "EIO". */
  readonly name: string;
  /** Linux's number, asm-generic/errno.h: the same on every architecture that koffi runs on. */
  readonly errno: number;
  /** What the guest gets. */
  readonly tag: SpiErrorCode["tag"];
  /** One clause for people: what happened and, where something can be done, what. */
  readonly meaning: string;
}

/**
 * What a failed transaction reports, after drivers/spi/spidev.c, drivers/spi/spi.c and the controllers' practice. Mode and frame faults
 * never come from Linux by a name of their own.
 */
export const SPI_ERRNOS: readonly SpiErrnoMeaning[] = [
  // spi_transfer_wait, and what most controllers say of a transfer that went wrong.
  {
    name: "EIO",
    errno: 5,
    tag: "other",
    meaning: "the controller reports a fault; check that it is still plugged in",
  },
  {
    name: "ETIMEDOUT",
    errno: 110,
    tag: "other",
    meaning: "the transfer did not end in time; the controller seems stuck",
  },
  // Controllers with a FIFO report lost bytes so; some say EOVERFLOW, some ENOBUFS.
  { name: "EOVERFLOW", errno: 75, tag: "overrun", meaning: "the controller lost data; use a slower clock" },
  { name: "ENOBUFS", errno: 105, tag: "overrun", meaning: "the controller lost data; use a slower clock" },
  // __spi_validate: a speed below the controller's lowest, a word length or a length that it has not.
  {
    name: "EINVAL",
    errno: 22,
    tag: "other",
    meaning: 'the controller cannot do this transaction; its clock may not be as slow as "maximumHz" says',
  },
  // spidev_message: more bytes than the module's parameter "bufsiz", each operation's length rounded up as DMA needs it.
  {
    name: "EMSGSIZE",
    errno: 90,
    tag: "other",
    meaning:
      "the transaction is longer than spidev takes, which counts each operation as at least 64 or 128 bytes on some " +
      "machines; use fewer or shorter operations",
  },
  // spidev_ioctl: the device's driver is gone while its file is open.
  {
    name: "ESHUTDOWN",
    errno: 108,
    tag: "other",
    meaning: "the device is gone; check that its adapter is plugged in",
  },
  {
    name: "ENODEV",
    errno: 19,
    tag: "other",
    meaning: "the device is gone; check that its adapter is plugged in",
  },
  { name: "ENOMEM", errno: 12, tag: "other", meaning: "the kernel has no memory for the transaction" },
  { name: "EINTR", errno: 4, tag: "other", meaning: "a signal interrupted the transaction" },
  { name: "EBUSY", errno: 16, tag: "other", meaning: "the controller is busy" },
  { name: "EBADF", errno: 9, tag: "other", meaning: "the device is not open any more" },
  // What every file that is no SPI device answers to these requests.
  { name: "ENOTTY", errno: 25, tag: "other", meaning: "this file is not an SPI device" },
];

const meanings = new Map(SPI_ERRNOS.map((meaning) => [meaning.errno, meaning]));

/**
 * The error of a failed transaction.
 *
 * @param error what the system call threw
 * @param path the device, for people: "/dev/spidev0.1"
 */
export function spiTransactionError(error: unknown, path: string): SpiError {
  const errno = errnoOf(error);
  if (errno === undefined) {
    const reason = error instanceof Error ? error.message : String(error);
    return new SpiError("other", `${path}: ${reason}`, { cause: error });
  }
  const known = meanings.get(errno);
  const text = known === undefined ? "the transaction failed" : known.meaning;
  return new SpiError(known?.tag ?? "other", `${path}: ${text} (${errnoName(errno)})`, { cause: error });
}

/** What a transaction fails with whose device is not there. */
export function goneError(path: string): SpiError {
  const ENODEV = 19;
  return spiTransactionError(new ErrnoError(`open ${path}`, ENODEV), path);
}
