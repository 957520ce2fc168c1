import { bindDeviceCalls } from "../linux/device-calls.ts";
import { type Koffi, loadKoffi } from "../linux/ioctl.ts";
import { SPI_IOC_MESSAGE, SPI_IOC_RD_MODE32, SPI_IOC_WR_MODE32 } from "./constants.ts";
import { encodeTransfers, type SpiMessage } from "./message.ts";

/**
 * The system calls behind `/dev/spidevB.C`, and nothing above them. Everything else in this folder reaches the kernel through this
 * interface, so tests put a model of spidev in its place.
 *
 * Every call throws an `ErrnoError` when the kernel refuses.
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

/** The calls by their requests. */
function bind(koffi: Koffi): SpiDev {
  const { open, close, ioctl } = bindDeviceCalls(koffi);
  const bytesPointer = koffi.pointer("uint8_t");
  const number = koffi.pointer("uint32_t");
  const numberResult = koffi.out(koffi.pointer("uint32_t"));

  return {
    open,
    close,
    mode(descriptor) {
      const result = [0];
      ioctl("SPI_IOC_RD_MODE32", descriptor, SPI_IOC_RD_MODE32, numberResult, result);
      return result[0]!;
    },
    setMode(descriptor, mode) {
      ioctl("SPI_IOC_WR_MODE32", descriptor, SPI_IOC_WR_MODE32, number, [mode]);
    },
    message(descriptor, { transfers, tx, rx }, hz) {
      const place = { hz, txAddress: addressOf(tx), rxAddress: addressOf(rx) };
      const encoded = encodeTransfers(transfers, place);
      return ioctl("SPI_IOC_MESSAGE", descriptor, SPI_IOC_MESSAGE(transfers.length), bytesPointer, encoded);
    },
  };

  /** Of memory that does not move: koffi gives each array its own outside of V8's heap. Of no bytes there is no address. */
  function addressOf(bytes: Uint8Array): bigint {
    return bytes.length === 0 ? 0n : BigInt(koffi.address(bytes));
  }
}
