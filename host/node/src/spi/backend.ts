import {
  BackendError,
  type SpiBackend,
  type SpiBusName,
  type SpiDevice,
  SpiError,
  type SpiOperation,
  type SpiWiring,
  spiBusNameOf,
} from "@busbar/host/backend";
import { RemediedError } from "../linux/remedies.ts";
import type { DeviceLock } from "../locks/device-locks.ts";
import { LockedError } from "../locks/lock-file.ts";
import type { LockOwner } from "../locks/record.ts";
import { SpiDeviceFile } from "./device-file.ts";
import { goneError } from "./errno.ts";
import { noSpidev } from "./remedies.ts";
import { hasController, type SpiPlace, spidevPath } from "./sysfs.ts";
import { type SpiSystem, thisSpiMachine } from "./system.ts";

/**
 * The SPI devices of Linux: `/dev/spidevB.C` for chip select C of the bus B or "spiB".
 *
 * A transaction is one `SPI_IOC_MESSAGE`: chip select stays asserted throughout, and the kernel keeps every other user off the bus. A
 * device that another process of busbar uses is refused, naming it, because the kernel lets any number of programs open it.
 *
 * A device is let go of when a transaction fails, and opened again by the next: its adapter may have been pulled out and put back.
 *
 * Importing and calling this does no I/O. Native code is loaded when the first device is opened.
 */
export function linuxSpi(options: LockOwner = {}): SpiBackend {
  return createLinuxSpi(thisSpiMachine, options);
}

/** {@link linuxSpi} on another machine than this one: a test's. */
export function createLinuxSpi(system: SpiSystem, owner: LockOwner = {}): SpiBackend {
  return {
    name: "Linux spidev",
    openSpi(name: SpiBusName, wiring: SpiWiring): SpiDevice | undefined {
      const bus = spiBusNameOf(name);
      // Linux has no other names for controllers.
      if (typeof bus !== "number") return undefined;
      if (system.platform !== "linux") {
        throw new BackendError(
          `SPI bus ${bus} needs Linux and this is ${system.platform}; use a simulated bus here, or run on the machine that has ` +
            "the bus.",
        );
      }
      const place = { bus, chipSelect: wiring.chipSelect };
      if (system.files.status(spidevPath(place)) === undefined) {
        if (!hasController(bus, system.files)) return undefined;
        throw new RemediedError(noSpidev(place, system.files));
      }
      const lock = take(place, wiring, system, owner);
      try {
        return new SpiHandle(place, wiring, system, lock);
      } catch (error) {
        lock.release();
        throw error;
      }
    },
  };
}

/** Keeps others from a device, where it is wired to two entries, or to another board. */
function take(
  place: SpiPlace,
  { device }: SpiWiring,
  system: SpiSystem,
  { board }: LockOwner,
): Pick<DeviceLock, "release"> {
  const name = `spi-${place.bus}.${place.chipSelect}`;
  try {
    return system.locks().take(name, { device, ...(board !== undefined && { board }) });
  } catch (thrown) {
    if (!(thrown instanceof LockedError)) throw thrown;
    throw new BackendError(`${device}: ${spidevPath(place)} is used by ${thrown.message}; end that first.`, {
      cause: thrown,
    });
  }
}

/** A device as one user has it, for as long as that uses it. */
class SpiHandle implements SpiDevice {
  readonly #place: SpiPlace;
  readonly #wiring: SpiWiring;
  readonly #system: SpiSystem;
  readonly #lock: Pick<DeviceLock, "release">;
  /** Undefined once its adapter is gone, until that is back. */
  #file: SpiDeviceFile | undefined;
  #isClosed = false;

  /** @throws BackendError where it cannot be opened */
  constructor(place: SpiPlace, wiring: SpiWiring, system: SpiSystem, lock: Pick<DeviceLock, "release">) {
    this.#place = place;
    this.#wiring = wiring;
    this.#system = system;
    this.#lock = lock;
    this.#file = SpiDeviceFile.open(place, wiring, system);
  }

  transaction(operations: readonly SpiOperation[]): Uint8Array[] {
    const path = spidevPath(this.#place);
    if (this.#isClosed) throw new SpiError("other", `${path} is closed`);
    this.#file ??= this.#openAgain(path);
    try {
      return this.#file.transaction(operations);
    } catch (error) {
      // It may have been pulled out, and even be back as another device: the open file would only fail from now on.
      this.#letGo();
      throw error;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#letGo();
    this.#lock.release();
  }

  #letGo(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #openAgain(path: string): SpiDeviceFile {
    if (this.#system.files.status(path) === undefined) throw goneError(path);
    try {
      return SpiDeviceFile.open(this.#place, this.#wiring, this.#system);
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      throw new SpiError("other", error.message, { cause: error });
    }
  }
}
