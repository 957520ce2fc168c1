import {
  BackendError,
  type SpiDevice,
  SpiError,
  type SpiOperation,
  type SpiWiring,
} from "@busbar/host/backend";
import { errnoName, errnoOf } from "../linux/errno.ts";
import { MOST_TRANSFERS, SPI_CPHA, SPI_CPOL, SPI_LSB_FIRST } from "./constants.ts";
import { spiTransactionError } from "./errno.ts";
import type { SpiDev } from "./ioctl.ts";
import { messageOf } from "./message.ts";
import { spiOpenError } from "./remedies.ts";
import { type SpiPlace, spidevPath } from "./sysfs.ts";
import type { SpiSystem } from "./system.ts";

const EINVAL = 22;

/** The longest transaction, at the clock of its wiring: the bus is held for it, and this thread waits. */
const longestTransactionMs = 1000;

/** An opened `/dev/spidevB.C`, set to how it is wired. */
export class SpiDeviceFile implements SpiDevice {
  readonly #path: string;
  readonly #dev: SpiDev;
  readonly #hz: number;
  #descriptor: number | undefined;

  /**
   * Opens a device and sets how it is spoken to. No bus traffic.
   *
   * @throws BackendError where it cannot be opened, or its controller cannot do what is asked for
   */
  static open(place: SpiPlace, wiring: SpiWiring, system: SpiSystem): SpiDeviceFile {
    const dev = system.spiDev();
    const path = spidevPath(place);
    let descriptor: number;
    try {
      descriptor = dev.open(path);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === undefined) throw error;
      throw spiOpenError(errno, place, system.files, error);
    }
    try {
      setMode(dev, descriptor, path, wiring);
      return new SpiDeviceFile(path, dev, descriptor, wiring.maximumHz);
    } catch (error) {
      dev.close(descriptor);
      throw error;
    }
  }

  private constructor(path: string, dev: SpiDev, descriptor: number, hz: number) {
    this.#path = path;
    this.#dev = dev;
    this.#descriptor = descriptor;
    this.#hz = hz;
  }

  transaction(operations: readonly SpiOperation[]): Uint8Array[] {
    const path = this.#path;
    if (this.#descriptor === undefined) throw new SpiError("other", `${path} is closed`);
    const message = messageOf(operations);
    const bytes = message.transfers.reduce((sum, { length }) => sum + length, 0);
    if (message.transfers.length > MOST_TRANSFERS) {
      throw new SpiError("other", `${path}: Linux takes ${MOST_TRANSFERS} operations a transaction at most`);
    }
    const transferMs = (bytes * 8 * 1000) / this.#hz;
    if (transferMs > longestTransactionMs) {
      throw new SpiError(
        "other",
        `${path}: ${bytes} bytes take ${Math.round(transferMs)} ms at ${this.#hz} Hz, and ${longestTransactionMs} ms is the most ` +
          "of one transaction; use fewer bytes, or a faster clock",
      );
    }
    let transferred: number;
    try {
      transferred = this.#dev.message(this.#descriptor, message, this.#hz);
    } catch (error) {
      throw spiTransactionError(error, path);
    }
    // The bytes of a message that was cut short cannot be trusted.
    if (transferred !== bytes) {
      throw new SpiError("other", `${path}: only ${transferred} of ${bytes} bytes were transferred`);
    }
    return [...message.received];
  }

  /** Closes the file. Closing twice is legal. */
  close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) this.#dev.close(descriptor);
  }
}

/**
 * Sets mode and bit order, and reads them back. Other bits stay: chip select's polarity, say, is how the board is made.
 *
 * @throws BackendError
 */
function setMode(dev: SpiDev, descriptor: number, path: string, { mode, bitOrder }: SpiWiring): void {
  const clock = (mode & 1 ? SPI_CPHA : 0) | (mode & 2 ? SPI_CPOL : 0);
  const lsbFirst = bitOrder === "lsb-first" ? SPI_LSB_FIRST : 0;
  const changed = SPI_CPHA | SPI_CPOL | SPI_LSB_FIRST;
  const isMode = `SPI mode ${mode}`;
  try {
    const others = dev.mode(descriptor) & ~changed;
    set(others | clock, isMode);
    if (lsbFirst !== 0) set(others | clock | lsbFirst, "the least significant bit first");
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    throw new BackendError(
      `${path} is not a usable SPI device: setting ${isMode} failed with ${errnoName(errno)}.`,
      {
        cause: error,
      },
    );
  }

  /** One after the other, so that it is known what the controller does not have. */
  function set(bits: number, what: string): void {
    try {
      dev.setMode(descriptor, bits);
    } catch (error) {
      if (errnoOf(error) !== EINVAL) throw error;
      throw cannot(what, { cause: error });
    }
    if ((dev.mode(descriptor) & changed) !== (bits & changed)) throw cannot(what);
  }

  function cannot(what: string, options?: ErrorOptions): BackendError {
    return new BackendError(
      `The controller of ${path} cannot do ${what}; correct "mode" and "bitOrder" of the board file, or use another controller.`,
      options,
    );
  }
}
