import type { UsbHandle, UsbTransfer, UsbTransferRequest } from "./backend.ts";
import { UsbError } from "./error.ts";

/**
 * A handle that remembers what was done through it, so that closing it undoes all of that: transfers end, interfaces
 * are given back, and the kernel's drivers get theirs again.
 */
export class ClaimingHandle {
  readonly #handle: UsbHandle;
  readonly #claimed = new Set<number>();
  /** Interfaces whose kernel driver was detached through this handle. */
  readonly #detached = new Set<number>();
  readonly #transfers = new Set<UsbTransfer>();
  #closed: Promise<void> | undefined;

  constructor(handle: UsbHandle) {
    this.#handle = handle;
  }

  /** The handle of the platform. @throws UsbError `no-device` after `close` */
  get opened(): UsbHandle {
    if (this.#closed !== undefined) throw new UsbError("no-device", "the handle is closed");
    return this.#handle;
  }

  /** Whether the interface was claimed through this handle. */
  hasClaimed(interfaceNumber: number): boolean {
    return this.#claimed.has(interfaceNumber);
  }

  /** Whether any interface was. */
  get hasClaims(): boolean {
    return this.#claimed.size > 0;
  }

  /** Takes an interface, from the kernel's driver where there is one. Taking it twice is legal. */
  claim(interfaceNumber: number): void {
    const handle = this.opened;
    if (this.#claimed.has(interfaceNumber)) return;
    if (this.#kernelDriverActive(interfaceNumber)) this.detach(interfaceNumber);
    try {
      handle.claimInterface(interfaceNumber);
    } catch (error) {
      this.#reattach(interfaceNumber);
      throw error;
    }
    this.#claimed.add(interfaceNumber);
  }

  /** Gives an interface back, to the kernel's driver where it was taken from one. */
  async release(interfaceNumber: number): Promise<void> {
    if (!this.#claimed.has(interfaceNumber)) {
      throw new UsbError("not-found", `interface ${interfaceNumber} is not claimed`);
    }
    await this.opened.releaseInterface(interfaceNumber);
    this.#claimed.delete(interfaceNumber);
    this.#reattach(interfaceNumber);
  }

  /** Takes an interface away from the kernel's driver, until it is attached or this handle is closed. */
  detach(interfaceNumber: number): void {
    this.opened.detachKernelDriver(interfaceNumber);
    this.#detached.add(interfaceNumber);
  }

  /** Gives an interface back to the kernel's driver. */
  attach(interfaceNumber: number): void {
    this.opened.attachKernelDriver(interfaceNumber);
    this.#detached.delete(interfaceNumber);
  }

  /** Starts a transfer, which closing ends. */
  submit(request: UsbTransferRequest): UsbTransfer {
    const transfer = this.opened.submit(request);
    this.#transfers.add(transfer);
    const forget = () => void this.#transfers.delete(transfer);
    transfer.done.then(forget, forget);
    return transfer;
  }

  /** Ends transfers, gives everything back and closes; never rejects. Closing twice is legal. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const transfer of this.#transfers) transfer.cancel();
    await Promise.allSettled([...this.#transfers].map(({ done }) => done));
    // Where the device is gone nothing of this works, and nothing of it is needed.
    for (const interfaceNumber of this.#claimed) {
      await this.#handle.releaseInterface(interfaceNumber).catch(() => undefined);
    }
    for (const interfaceNumber of [...this.#detached]) this.#reattach(interfaceNumber);
    await this.#handle.close().catch(() => undefined);
  }

  #kernelDriverActive(interfaceNumber: number): boolean {
    try {
      return this.#handle.kernelDriverActive(interfaceNumber);
    } catch (error) {
      if (error instanceof UsbError && error.payload === "not-supported") return false;
      throw error;
    }
  }

  #reattach(interfaceNumber: number): void {
    if (!this.#detached.delete(interfaceNumber)) return;
    try {
      this.#handle.attachKernelDriver(interfaceNumber);
    } catch {
      // The kernel has no driver for it any more, or has taken it already.
    }
  }
}
