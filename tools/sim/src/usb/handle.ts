import { UsbError, type UsbHandle, type UsbTransfer, type UsbTransferRequest } from "@busbar/host/backend";
import type { PluggedDevice } from "./plugged-device.ts";

/** bRequest of the standard requests that the host makes: USB 2.0 table 9-4. */
const CLEAR_FEATURE = 1;
const SET_INTERFACE = 11;
const ENDPOINT_HALT = 0;

/** An opened simulated device. */
export class SimulatedUsbHandle implements UsbHandle {
  readonly #device: PluggedDevice;
  readonly #transfers = new Set<UsbTransfer>();
  #closed = false;

  constructor(device: PluggedDevice) {
    this.#device = device;
  }

  async setConfiguration(value: number | undefined): Promise<void> {
    this.#require();
    if (this.#device.owners.size > 0) throw new UsbError("busy", "an interface is claimed");
    const known = this.#device.configurations.some((each) => each?.configurationValue === value);
    if (value !== undefined && !known) throw new UsbError("not-found", `there is no configuration ${value}`);
    await this.#device.setConfiguration(value ?? 0);
  }

  claimInterface(interfaceNumber: number): void {
    this.#requireInterface(interfaceNumber);
    const owner = this.#device.owners.get(interfaceNumber);
    if (owner !== undefined && owner !== this) {
      throw new UsbError("busy", `interface ${interfaceNumber} is in use`);
    }
    this.#device.owners.set(interfaceNumber, this);
  }

  async releaseInterface(interfaceNumber: number): Promise<void> {
    this.#require();
    this.#requireClaimed(interfaceNumber);
    this.#device.owners.delete(interfaceNumber);
    await this.#setInterface(interfaceNumber, 0);
  }

  async setAlternateSetting(interfaceNumber: number, alternateSetting: number): Promise<void> {
    this.#require();
    this.#requireClaimed(interfaceNumber);
    const settings = this.#settings(interfaceNumber);
    if (!settings.includes(alternateSetting)) {
      throw new UsbError("not-found", `interface ${interfaceNumber} has no setting ${alternateSetting}`);
    }
    await this.#setInterface(interfaceNumber, alternateSetting);
  }

  async clearHalt(endpoint: number): Promise<void> {
    this.#require();
    await this.#device.control({
      bmRequestType: 0x02,
      bRequest: CLEAR_FEATURE,
      wValue: ENDPOINT_HALT,
      wIndex: endpoint,
      wLength: 0,
    });
  }

  async reset(): Promise<void> {
    this.#require();
    this.#device.transfers.disconnect();
    await this.#device.setConfiguration(this.#device.activeConfiguration());
  }

  kernelDriverActive(interfaceNumber: number): boolean {
    this.#requireInterface(interfaceNumber);
    return this.#device.owners.get(interfaceNumber) === "kernel";
  }

  detachKernelDriver(interfaceNumber: number): void {
    if (!this.kernelDriverActive(interfaceNumber)) {
      throw new UsbError("not-found", `interface ${interfaceNumber} has no kernel driver`);
    }
    this.#device.owners.delete(interfaceNumber);
  }

  attachKernelDriver(interfaceNumber: number): void {
    this.#requireInterface(interfaceNumber);
    if (this.#device.owners.has(interfaceNumber)) {
      throw new UsbError("busy", `interface ${interfaceNumber} is in use`);
    }
    this.#device.owners.set(interfaceNumber, "kernel");
  }

  submit(request: UsbTransferRequest): UsbTransfer {
    this.#require();
    const transfer = this.#device.transfers.submit(request);
    this.#transfers.add(transfer);
    const forget = () => void this.#transfers.delete(transfer);
    transfer.done.then(forget, forget);
    return transfer;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const transfer of this.#transfers) transfer.cancel();
    await Promise.allSettled([...this.#transfers].map(({ done }) => done));
    for (const [interfaceNumber, owner] of this.#device.owners) {
      if (owner === this) this.#device.owners.delete(interfaceNumber);
    }
  }

  async #setInterface(interfaceNumber: number, alternateSetting: number): Promise<void> {
    // With one setting there is nothing to choose, and many devices stall the request: USB 2.0 section 9.4.10.
    if (this.#settings(interfaceNumber).length < 2) return;
    await this.#device.control({
      bmRequestType: 0x01,
      bRequest: SET_INTERFACE,
      wValue: alternateSetting,
      wIndex: interfaceNumber,
      wLength: 0,
    });
  }

  /** The alternate settings of an interface in the chosen configuration. */
  #settings(interfaceNumber: number): number[] {
    const active = this.#device.activeConfiguration();
    const configuration = this.#device.configurations.find((each) => each?.configurationValue === active);
    const settings =
      configuration?.interfaces.filter((each) => each.interfaceNumber === interfaceNumber) ?? [];
    return settings.map(({ alternateSetting }) => alternateSetting);
  }

  #require(): void {
    if (this.#closed) throw new UsbError("no-device", "the handle is closed");
    this.#device.requirePresent();
  }

  #requireInterface(interfaceNumber: number): void {
    this.#require();
    if (this.#settings(interfaceNumber).length === 0) {
      throw new UsbError("not-found", `there is no interface ${interfaceNumber}`);
    }
  }

  #requireClaimed(interfaceNumber: number): void {
    if (this.#device.owners.get(interfaceNumber) !== this) {
      throw new UsbError("not-found", `interface ${interfaceNumber} is not claimed`);
    }
  }
}
