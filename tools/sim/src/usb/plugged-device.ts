import type { Clock } from "@busbar/host";
import {
  type UsbDevice as HostDevice,
  parseConfigurationDescriptor,
  parseDeviceDescriptor,
  type UsbConfigurationDescriptor,
  type UsbDeviceDescriptor,
  UsbError,
  type UsbHandle,
  type UsbLocation,
  type UsbSetup,
} from "@busbar/host/backend";
import type { UsbDevice } from "@busbar/model";
import { AttachedDevice } from "../usbip/attached-device.ts";
import { SimulatedUsbHandle } from "./handle.ts";
import { TransferQueue } from "./transfer-queue.ts";

/** bRequest of the standard requests that the host makes: USB 2.0 table 9-4. */
const GET_DESCRIPTOR = 6;
const SET_CONFIGURATION = 9;

/** Descriptor type of a HID report descriptor: HID 1.11 section 7.1. */
const REPORT_DESCRIPTOR = 0x22;
const LONGEST_REPORT_DESCRIPTOR = 4096;

const NOTHING = new Uint8Array();
const NEVER = new AbortController().signal;

/** What a device with an unreadable device descriptor shows: the host knows only that something is there. */
const UNREADABLE: UsbDeviceDescriptor = parseDeviceDescriptor(
  Uint8Array.of(18, 1, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
)!;

/** A device model, plugged in: what the host's backends make of a real device. */
export class PluggedDevice implements HostDevice {
  readonly descriptor: UsbDeviceDescriptor;
  readonly configurations: readonly (UsbConfigurationDescriptor | undefined)[];
  readonly location: UsbLocation;
  readonly manufacturer: string | undefined;
  readonly product: string | undefined;
  readonly serialNumber: string | undefined;
  readonly transfers: TransferQueue;
  /** Who has claimed which interface; "kernel" is the simulated operating system. */
  readonly owners = new Map<number, SimulatedUsbHandle | "kernel">();
  readonly #attached: AttachedDevice;
  #present = true;

  /**
   * @param unplug pulls it out, for the fault of that name
   * @param kernelInterfaces interfaces that a driver of the simulated operating system has
   */
  constructor(
    model: UsbDevice,
    location: UsbLocation,
    clock: Clock,
    unplug: (delayMs: number | undefined) => void,
    kernelInterfaces: readonly number[],
  ) {
    const { device, configurations, strings } = model.descriptors;
    this.descriptor = parseDeviceDescriptor(device) ?? UNREADABLE;
    this.configurations = configurations.map(parseConfigurationDescriptor);
    this.location = location;
    const text = (index: number) => strings[index - 1];
    this.manufacturer = text(this.descriptor.manufacturerIndex);
    this.product = text(this.descriptor.productIndex);
    this.serialNumber = text(this.descriptor.serialNumberIndex);
    this.#attached = new AttachedDevice(model);
    this.transfers = new TransferQueue(this.#attached, clock, unplug);
    for (const number of kernelInterfaces) this.owners.set(number, "kernel");
    const first = this.configurations.find((each) => each !== undefined);
    // As operating systems do: the first configuration is chosen when a device arrives.
    if (first !== undefined) void this.setConfiguration(first.configurationValue).catch(() => undefined);
  }

  activeConfiguration(): number {
    return this.#attached.configuration;
  }

  interfaceUser(interfaceNumber: number): string | undefined {
    const owner = this.owners.get(interfaceNumber);
    if (owner === undefined) return undefined;
    return owner === "kernel" ? "simulated" : "usbfs";
  }

  async reportDescriptor(interfaceNumber: number): Promise<Uint8Array> {
    return await this.control({
      bmRequestType: 0x81,
      bRequest: GET_DESCRIPTOR,
      wValue: REPORT_DESCRIPTOR << 8,
      wIndex: interfaceNumber,
      wLength: LONGEST_REPORT_DESCRIPTOR,
    });
  }

  open(): UsbHandle {
    this.requirePresent();
    return new SimulatedUsbHandle(this);
  }

  /** Chooses a configuration, 0 for none. @throws UsbError */
  async setConfiguration(value: number): Promise<void> {
    await this.control({
      bmRequestType: 0,
      bRequest: SET_CONFIGURATION,
      wValue: value,
      wIndex: 0,
      wLength: 0,
    });
  }

  /** A control transfer that no fault strikes. @throws UsbError */
  async control(setup: UsbSetup): Promise<Uint8Array> {
    this.requirePresent();
    try {
      return await this.#attached.control(setup, NOTHING, NEVER);
    } catch (error) {
      throw new UsbError("pipe", (error as Error).message, { cause: error });
    }
  }

  /** @throws UsbError `no-device` after it was pulled out */
  requirePresent(): void {
    if (!this.#present) throw new UsbError("no-device", "the device was unplugged");
  }

  /** Pulls it out: all transfers end, and nothing works any more. */
  detach(): void {
    this.#present = false;
    this.owners.clear();
    this.transfers.disconnect();
    this.#attached.detach();
  }
}
