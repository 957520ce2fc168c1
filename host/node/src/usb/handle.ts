import { UsbError, type UsbHandle, type UsbTransfer, type UsbTransferRequest } from "@busbar/host/backend";
import type { DeviceLock } from "../locks/device-locks.ts";
import type { LibusbDevice } from "./device.ts";
import { callError } from "./errors.ts";
import type { NativeDevice, UsbModule } from "./module.ts";
import { LibusbTransfer } from "./transfer.ts";

/**
 * An opened device. The package has one native handle a device, so all handles of a device share that: the first opens
 * it, and the last closes it.
 */
export class LibusbHandle implements UsbHandle {
  readonly #module: UsbModule;
  readonly #device: LibusbDevice;
  readonly #native: NativeDevice;
  readonly #transfers = new Set<UsbTransfer>();
  readonly #claimed = new Set<number>();
  /** Of the interfaces that are claimed, and of those that were taken from the kernel. */
  readonly #locks = new Map<number, DeviceLock>();
  readonly #detached = new Set<number>();
  #closed: Promise<void> | undefined;

  constructor(module: UsbModule, device: LibusbDevice, native: NativeDevice) {
    this.#module = module;
    this.#device = device;
    this.#native = native;
  }

  async setConfiguration(value: number | undefined): Promise<void> {
    try {
      // libusb takes -1 for "unconfigured": some devices have a configuration 0.
      await this.#wait("choosing a configuration", (native, done) =>
        native.__setConfiguration(value ?? -1, done),
      );
    } finally {
      this.#device.configurationChanged();
    }
  }

  claimInterface(interfaceNumber: number): void {
    const owner = this.#device.claims.get(interfaceNumber);
    if (owner !== undefined && owner !== this) {
      throw new UsbError("busy", `interface ${interfaceNumber} is claimed by another driver of this program`);
    }
    const native = this.#opened();
    this.#lock(interfaceNumber);
    try {
      native.__claimInterface(interfaceNumber);
    } catch (thrown) {
      this.#unlock(interfaceNumber);
      const error = callError(thrown, `claiming interface ${interfaceNumber}`);
      if (error.payload !== "busy") throw error;
      throw new UsbError(
        "busy",
        `interface ${interfaceNumber} is in use by ${this.#device.user(interfaceNumber)}`,
        {
          cause: thrown,
        },
      );
    }
    this.#claimed.add(interfaceNumber);
    this.#device.claims.set(interfaceNumber, this);
  }

  async releaseInterface(interfaceNumber: number): Promise<void> {
    if (!this.#claimed.has(interfaceNumber)) {
      throw new UsbError("not-found", `interface ${interfaceNumber} is not claimed`);
    }
    await this.#wait(`releasing interface ${interfaceNumber}`, (native, done) =>
      native.__releaseInterface(interfaceNumber, done),
    );
    this.#forgetClaim(interfaceNumber);
  }

  setAlternateSetting(interfaceNumber: number, alternateSetting: number): Promise<void> {
    return this.#wait(
      `choosing setting ${alternateSetting} of interface ${interfaceNumber}`,
      (native, done) => native.__setInterface(interfaceNumber, alternateSetting, done),
    );
  }

  clearHalt(endpoint: number): Promise<void> {
    return this.#wait(`clearing the halt of endpoint ${endpoint}`, (native, done) =>
      native.__clearHalt(endpoint, done),
    );
  }

  async reset(): Promise<void> {
    try {
      await this.#wait("resetting the device", (native, done) => native.reset(done));
    } finally {
      this.#device.configurationChanged();
    }
  }

  kernelDriverActive(interfaceNumber: number): boolean {
    return this.#call(`asking for the kernel driver of interface ${interfaceNumber}`, (native) =>
      native.__isKernelDriverActive(interfaceNumber),
    );
  }

  detachKernelDriver(interfaceNumber: number): void {
    const native = this.#opened();
    const driver = this.#device.kernelDriver(interfaceNumber);
    const lock = this.#lock(interfaceNumber);
    // Written first: if this process is killed in between, the next one finds the driver where it is.
    lock?.note(driver);
    try {
      native.__detachKernelDriver(interfaceNumber);
    } catch (thrown) {
      lock?.note(undefined);
      this.#unlock(interfaceNumber);
      throw callError(thrown, `detaching the kernel driver of interface ${interfaceNumber}`);
    }
    this.#detached.add(interfaceNumber);
  }

  attachKernelDriver(interfaceNumber: number): void {
    this.#call(`attaching the kernel driver of interface ${interfaceNumber}`, (native) =>
      native.__attachKernelDriver(interfaceNumber),
    );
    this.#isBack(interfaceNumber);
  }

  #isBack(interfaceNumber: number): void {
    if (!this.#detached.delete(interfaceNumber)) return;
    this.#locks.get(interfaceNumber)?.note(undefined);
    this.#unlock(interfaceNumber);
  }

  #lock(interfaceNumber: number): DeviceLock | undefined {
    const lock = this.#locks.get(interfaceNumber) ?? this.#device.lock(interfaceNumber);
    if (lock !== undefined) this.#locks.set(interfaceNumber, lock);
    return lock;
  }

  /** Gives the lock up where nothing needs it any more. */
  #unlock(interfaceNumber: number): void {
    if (this.#claimed.has(interfaceNumber) || this.#detached.has(interfaceNumber)) return;
    this.#locks.get(interfaceNumber)?.release();
    this.#locks.delete(interfaceNumber);
  }

  submit(request: UsbTransferRequest): UsbTransfer {
    const transfer = new LibusbTransfer(this.#module, this.#opened(), request);
    this.#transfers.add(transfer);
    const forget = () => void this.#transfers.delete(transfer);
    transfer.done.then(forget, forget);
    return transfer;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    // The package refuses to close a device on which anything is under way.
    for (const transfer of this.#transfers) transfer.cancel();
    await Promise.allSettled([...this.#transfers].map(({ done }) => done));
    for (const interfaceNumber of this.#claimed) {
      // A device that is gone has nothing to give back.
      await callback((done) => this.#native.__releaseInterface(interfaceNumber, done)).catch(() => undefined);
      this.#forgetClaim(interfaceNumber);
    }
    // What could not be attached has no driver any more, or its device is gone.
    for (const interfaceNumber of [...this.#detached]) this.#isBack(interfaceNumber);
    this.#device.closeHandle();
  }

  #forgetClaim(interfaceNumber: number): void {
    this.#claimed.delete(interfaceNumber);
    this.#device.claims.delete(interfaceNumber);
    this.#unlock(interfaceNumber);
  }

  #opened(): NativeDevice {
    if (this.#closed !== undefined) throw new UsbError("no-device", "the handle is closed");
    return this.#native;
  }

  #call<Result>(doing: string, action: (native: NativeDevice) => Result): Result {
    const native = this.#opened();
    try {
      return action(native);
    } catch (thrown) {
      throw callError(thrown, doing);
    }
  }

  async #wait(doing: string, action: (native: NativeDevice, done: Done) => void): Promise<void> {
    const native = this.#opened();
    try {
      await callback((done) => action(native, done));
    } catch (thrown) {
      throw callError(thrown, doing);
    }
  }
}

type Done = (error?: { errno: number }) => void;

/** The package carries such calls out in a thread, and tells the end by a callback. */
function callback(action: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) =>
    action((error) => (error === undefined ? resolve() : reject(error))),
  );
}
