import {
  type UsbConfigurationDescriptor,
  type UsbDevice,
  type UsbDeviceDescriptor,
  UsbError,
  type UsbHandle,
  type UsbLocation,
} from "@busbar/host/backend";
import type { DeviceLock } from "../locks/device-locks.ts";
import { LockedError } from "../locks/lock-file.ts";
import type { DetachedDriver, LockOwner } from "../locks/record.ts";
import { configurationDescriptor, deviceDescriptor } from "./descriptors.ts";
import { callError, errnoOf } from "./errors.ts";
import { LibusbHandle } from "./handle.ts";
import type { NativeDevice, UsbModule } from "./module.ts";
import { missingDeviceFiles, openError } from "./remedies.ts";
import { readStrings } from "./strings.ts";
import { deviceFile, portOf, SysfsDevice } from "./sysfs.ts";
import type { UsbSystem } from "./system.ts";

const LIBUSB_ERROR_NO_DEVICE = -4;

/** GET_DESCRIPTOR of a HID report descriptor: HID 1.11 section 7.1.1. */
const GET_DESCRIPTOR = 6;
const REPORT_DESCRIPTOR = 0x22;
const LONGEST_REPORT_DESCRIPTOR = 4096;

/** What all who have a native device share, whichever backend of this process they have it from: it opens only once. */
interface Sharing {
  handles: number;
  /** Which handle has which interface. libusb itself lets every user of a native handle claim it. */
  readonly claims: Map<number, LibusbHandle>;
}

const shared = new WeakMap<NativeDevice, Sharing>();

function sharingOf(native: NativeDevice): Sharing {
  const known = shared.get(native) ?? { handles: 0, claims: new Map() };
  shared.set(native, known);
  return known;
}

/** A device that libusb knows. */
export class LibusbDevice implements UsbDevice {
  readonly descriptor: UsbDeviceDescriptor;
  readonly configurations: readonly (UsbConfigurationDescriptor | undefined)[];
  readonly location: UsbLocation;
  manufacturer: string | undefined;
  product: string | undefined;
  serialNumber: string | undefined;
  readonly #module: UsbModule;
  readonly #system: UsbSystem;
  readonly #native: NativeDevice;
  readonly #sysfs: SysfsDevice;
  readonly #sharing: Sharing;
  readonly #owner: LockOwner;
  /** libusb parses all descriptors to tell it, and every transfer is judged by it. */
  #active: number | undefined;

  constructor(module: UsbModule, native: NativeDevice, system: UsbSystem, owner: LockOwner = {}) {
    this.#owner = owner;
    this.#module = module;
    this.#system = system;
    this.#native = native;
    this.#sharing = sharingOf(native);
    this.#sysfs = new SysfsDevice(native, system);
    this.descriptor = deviceDescriptor(native.deviceDescriptor);
    this.configurations = readConfigurations(native);
    this.location = {
      busNumber: native.busNumber,
      deviceAddress: native.deviceAddress,
      portNumber: native.portNumbers?.at(-1) ?? 0,
      speed: this.#sysfs.speed,
      port: portOf(native),
    };
    this.manufacturer = this.#sysfs.text("manufacturer");
    this.product = this.#sysfs.text("product");
    this.serialNumber = this.#sysfs.text("serial");
  }

  /** Asks the device for its strings where the system does not have them; what it does not say stays undefined. */
  async readStrings(): Promise<void> {
    if (this.#system.platform === "linux") return;
    const { manufacturerIndex, productIndex, serialNumberIndex } = this.descriptor;
    const indices = [manufacturerIndex, productIndex, serialNumberIndex];
    if (indices.every((index) => index === 0)) return;
    const [manufacturer, product, serialNumber] = await readStrings(this, indices);
    this.manufacturer = manufacturer;
    this.product = product;
    this.serialNumber = serialNumber;
  }

  /** Which handle has which interface. */
  get claims(): Map<number, LibusbHandle> {
    return this.#sharing.claims;
  }

  activeConfiguration(): number {
    this.#active ??= this.#readActiveConfiguration();
    return this.#active;
  }

  /** For its handles: another configuration may be chosen now. */
  configurationChanged(): void {
    this.#active = undefined;
  }

  interfaceUser(interfaceNumber: number): string | undefined {
    return this.#sysfs.driver(this.activeConfiguration(), interfaceNumber);
  }

  async reportDescriptor(interfaceNumber: number): Promise<Uint8Array> {
    const known = this.#sysfs.reportDescriptor(this.activeConfiguration(), interfaceNumber);
    if (known !== undefined) return known;
    const handle = this.open();
    try {
      // Linux lets a request to an interface through only for its owner.
      handle.claimInterface(interfaceNumber);
      const setup = {
        bmRequestType: 0x81,
        bRequest: GET_DESCRIPTOR,
        wValue: REPORT_DESCRIPTOR << 8,
        wIndex: interfaceNumber,
        wLength: LONGEST_REPORT_DESCRIPTOR,
      };
      const request = { type: "control", endpoint: 0, setup, data: new Uint8Array() } as const;
      const { data } = await handle.submit({ ...request, length: setup.wLength, timeoutMs: 1000 }).done;
      return data;
    } finally {
      await handle.close();
    }
  }

  /** Nobody is told who has an interface once a driver runs: its errors have no words. So it is looked at before. */
  async prepare(interfaces: readonly number[]): Promise<void> {
    for (const number of interfaces) {
      const name = this.#lockName(number);
      const holder = name && this.#system.locks().holder(name);
      if (holder) throw busy(number, holder);
    }
  }

  /**
   * Keeps other processes from an interface; undefined for a device without a port, which nobody uses.
   *
   * @throws UsbError `busy`, naming who has it
   */
  lock(interfaceNumber: number): DeviceLock | undefined {
    const name = this.#lockName(interfaceNumber);
    if (name === undefined) return undefined;
    try {
      // Which of our own drivers has it is known here already: see `claims`.
      return this.#system.locks().take(name, this.#owner);
    } catch (thrown) {
      if (thrown instanceof LockedError) throw busy(interfaceNumber, thrown.message, thrown);
      throw thrown;
    }
  }

  /** What is to be given back to the kernel, as it is written down while it is taken away. */
  kernelDriver(interfaceNumber: number): DetachedDriver | undefined {
    const driver = this.interfaceUser(interfaceNumber);
    if (driver === undefined) return undefined;
    const { busNumber, deviceAddress } = this.location;
    return { driver, busNumber, deviceAddress, configuration: this.activeConfiguration() };
  }

  #lockName(interfaceNumber: number): string | undefined {
    const { port } = this.location;
    return port === undefined ? undefined : `usb-${port}-${interfaceNumber}`;
  }

  open(): UsbHandle {
    if (this.#sharing.handles === 0) {
      try {
        this.#native.__open();
      } catch (thrown) {
        if (
          errnoOf(thrown) === LIBUSB_ERROR_NO_DEVICE &&
          missingDeviceFiles(this.#system.files) === undefined
        ) {
          throw new UsbError("no-device", "the device is gone", { cause: thrown });
        }
        throw openError(thrown, this, this.#system.platform, deviceFile(this.#native), this.#system.files);
      }
    }
    this.#sharing.handles += 1;
    return new LibusbHandle(this.#module, this, this.#native);
  }

  /** One of its handles is closed. */
  closeHandle(): void {
    this.#sharing.handles -= 1;
    if (this.#sharing.handles === 0) this.#native.__close();
  }

  /** Who has an interface that is busy, for people. */
  user(interfaceNumber: number): string {
    const driver = this.interfaceUser(interfaceNumber);
    if (driver === undefined) return "another program; end it, or unplug the device and plug it in again";
    if (driver === "usbfs") return `another program; find it with: sudo fuser -v ${deviceFile(this.#native)}`;
    return `the kernel driver ${driver}; take it away with: sudo modprobe -r ${driver}`;
  }

  #readActiveConfiguration(): number {
    try {
      return this.#native.__getConfigDescriptor().bConfigurationValue;
    } catch (thrown) {
      const error = callError(thrown, "reading the configuration");
      if (error.payload === "not-found") return 0;
      throw error;
    }
  }
}

function busy(interfaceNumber: number, holder: string, cause?: unknown): UsbError {
  return new UsbError("busy", `interface ${interfaceNumber} is in use by ${holder}; end that first`, {
    cause,
  });
}

/** By index; a device whose descriptors libusb cannot read has none. */
function readConfigurations(native: NativeDevice): readonly (UsbConfigurationDescriptor | undefined)[] {
  try {
    return native.__getAllConfigDescriptors().map(configurationDescriptor);
  } catch {
    return Array(native.deviceDescriptor.bNumConfigurations).fill(undefined);
  }
}
