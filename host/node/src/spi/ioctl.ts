import { closeSync, constants, openSync } from "node:fs";
import { ErrnoError, errnoOf } from "../linux/errno.ts";
import { loadKoffi } from "../linux/ioctl.ts";
import { SPI_IOC_MESSAGE, SPI_IOC_RD_MODE32, SPI_IOC_WR_MODE32 } from "./constants.ts";
import { encodeTransfers, type SpiMessage } from "./message.ts";

/**
 * The system calls behind `/dev/spidevB.C`, and nothing above them. Everything else in this folder reaches the kernel through this
 * interface, so tests put a model of spidev in its place.
 *
 * Every call throws an {@link ErrnoError} when the kernel refuses.
 */
export interface SpiDev {
  /** Opens a device file for reading and writing. Returns the descriptor. */
  open(path: string): number;
  /** Closes a descriptor. */
  close(descriptor: number): void;
  /** `SPI_IOC_RD_MODE32`: the mode bits, `SPI_CPHA` and so on. */
  mode(descriptor: number): number;
  /** `SPI_IOC_WR_MODE32`: all mode bits anew. EINVAL when the controller lacks one. */
  setMode(descriptor: number, mode: number): void;
  /**
   * `SPI_IOC_MESSAGE`: one transaction. Fills the message's `rx`.
   *
   * @param hz the clock is at most that
   * @returns how many bytes were transferred
   */
  message(descriptor: number, message: SpiMessage, hz: number): number;
}

let loaded: SpiDev | undefined;

/**
 * The real calls. koffi is loaded by the first call, and once.
 *
 * @throws BackendError when koffi cannot be loaded
 */
export function loadSpiDev(): SpiDev {
  loaded ??= bind(loadKoffi());
  return loaded;
}

/** Binds `ioctl` of the C library that Node itself runs on, as the I2C bus does. */
function bind(koffi: ReturnType<typeof loadKoffi>): SpiDev {
  const ioctl = koffi.load(null).func("int ioctl(int fd, unsigned long request, ...)");
  const bytesPointer = koffi.pointer("uint8_t");
  const number = koffi.pointer("uint32_t");
  const numberResult = koffi.out(koffi.pointer("uint32_t"));

  const call = (name: string, descriptor: number, request: number, type: unknown, value: unknown): number => {
    const result = ioctl(descriptor, request, type, value) as number;
    if (result < 0) throw new ErrnoError(`ioctl ${name}`, koffi.errno());
    return result;
  };

  return {
    open(path) {
      try {
        return openSync(path, constants.O_RDWR);
      } catch (error) {
        const errno = errnoOf(error);
        if (errno === undefined) throw error;
        throw new ErrnoError(`open ${path}`, errno, { cause: error });
      }
    },
    close(descriptor) {
      closeSync(descriptor);
    },
    mode(descriptor) {
      const result = [0];
      call("SPI_IOC_RD_MODE32", descriptor, SPI_IOC_RD_MODE32, numberResult, result);
      return result[0]!;
    },
    setMode(descriptor, mode) {
      call("SPI_IOC_WR_MODE32", descriptor, SPI_IOC_WR_MODE32, number, [mode]);
    },
    message(descriptor, { transfers, tx, rx }, hz) {
      const place = { hz, txAddress: addressOf(tx), rxAddress: addressOf(rx) };
      const encoded = encodeTransfers(transfers, place);
      return call("SPI_IOC_MESSAGE", descriptor, SPI_IOC_MESSAGE(transfers.length), bytesPointer, encoded);
    },
  };

  /** Of memory that does not move: koffi gives each array its own outside of V8's heap. Of no bytes there is no address. */
  function addressOf(bytes: Uint8Array): bigint {
    return bytes.length === 0 ? 0n : BigInt(koffi.address(bytes));
  }
}
