/** component:usb@0.2.1 as a driver instance gets it: one device, every call judged against the grant, then traced. */

import type { InstanceContext } from "../instance/context.ts";
import type { UsbLocation, UsbTransferRequest } from "../usb/backend.ts";
import type { ClaimingHandle } from "../usb/claims.ts";
import type { UsbConfigurationDescriptor, UsbDeviceDescriptor } from "../usb/descriptors.ts";
import { UsbError } from "../usb/error.ts";
import type { UsbSession } from "../usb/session.ts";
import {
  TransferResource,
  type WitTransferOptions,
  type WitTransferSetup,
} from "./component-usb-transfer.ts";

/** component:usb/configuration `config-value`. */
type WitConfigValue = { readonly tag: "unconfigured" } | { readonly tag: "value"; readonly val: number };

/** component:usb/device `usb-device`. */
export class UsbDeviceResource implements Disposable {
  readonly #session: UsbSession;

  constructor(session: UsbSession) {
    this.#session = session;
  }

  open(): DeviceHandleResource {
    this.#session.context.budget.check();
    return new DeviceHandleResource(this.#session, this.#session.open());
  }

  getConfigurationDescriptor(configIndex: number): UsbConfigurationDescriptor {
    const { configurations } = this.#session.device;
    if (configIndex >= configurations.length) throw notFound(`no configuration has the index ${configIndex}`);
    const found = configurations[configIndex];
    if (found === undefined) throw new UsbError("io", `configuration ${configIndex} is malformed`);
    return found;
  }

  getConfigurationDescriptorByValue(configValue: number): UsbConfigurationDescriptor {
    const found = this.#session.device.configurations.find(
      (each) => each?.configurationValue === configValue,
    );
    if (found === undefined) throw notFound(`no configuration has the value ${configValue}`);
    return found;
  }

  getActiveConfigurationDescriptor(): UsbConfigurationDescriptor {
    const active = this.#session.device.activeConfiguration();
    if (active === 0) throw notFound("the device is unconfigured");
    return this.getConfigurationDescriptorByValue(active);
  }

  /** The guest dropped it; nothing is held. */
  [Symbol.dispose](): void {}
}

/** component:usb/device `device-handle`. */
export class DeviceHandleResource implements Disposable {
  readonly #session: UsbSession;
  readonly #handle: ClaimingHandle;

  constructor(session: UsbSession, handle: ClaimingHandle) {
    this.#session = session;
    this.#handle = handle;
  }

  getConfiguration(): number {
    this.#opened();
    return this.#session.device.activeConfiguration();
  }

  async setConfiguration(config: WitConfigValue): Promise<void> {
    const handle = this.#handle.opened;
    const value = config.tag === "value" ? config.val : undefined;
    this.#session.check(
      { kind: "device", change: "set-configuration" },
      `choosing configuration ${value ?? "none"}`,
    );
    await this.#wait(handle.setConfiguration(value));
  }

  claimInterface(ifac: number): void {
    this.#opened();
    this.#checkInterface(ifac, "claiming");
    this.#handle.claim(ifac);
  }

  async releaseInterface(ifac: number): Promise<void> {
    this.#checkInterface(ifac, "releasing");
    await this.#wait(this.#handle.release(ifac));
  }

  async setInterfaceAltsetting(ifac: number, altSetting: number): Promise<void> {
    const handle = this.#handle.opened;
    this.#checkInterface(ifac, "choosing an alternate setting of");
    if (!this.#handle.hasClaimed(ifac)) throw notFound(`interface ${ifac} is not claimed`);
    await this.#wait(handle.setAlternateSetting(ifac, altSetting));
  }

  async clearHalt(endpoint: number): Promise<void> {
    const handle = this.#handle.opened;
    this.#session.check({ kind: "endpoint", endpoint }, `clearing the halt of endpoint ${hex(endpoint)}`);
    if (!this.#session.hasClaimedEndpoint(this.#handle, endpoint)) throw notClaimed(endpoint);
    await this.#wait(handle.clearHalt(endpoint));
  }

  async resetDevice(): Promise<void> {
    const handle = this.#handle.opened;
    this.#session.check({ kind: "device", change: "reset" }, "resetting the device");
    await this.#wait(handle.reset());
  }

  allocStreams(): void {
    throw new UsbError("not-supported", "bulk streams are not supported");
  }

  freeStreams(): void {
    throw new UsbError("not-supported", "bulk streams are not supported");
  }

  kernelDriverActive(ifac: number): boolean {
    const handle = this.#opened();
    this.#checkInterface(ifac, "asking for the kernel driver of");
    return handle.kernelDriverActive(ifac);
  }

  detachKernelDriver(ifac: number): void {
    this.#opened();
    this.#checkInterface(ifac, "detaching the kernel driver of");
    this.#handle.detach(ifac);
  }

  attachKernelDriver(ifac: number): void {
    this.#opened();
    this.#checkInterface(ifac, "attaching the kernel driver of");
    this.#handle.attach(ifac);
  }

  newTransfer(
    xferType: UsbTransferRequest["type"] | "isochronous",
    setup: WitTransferSetup,
    bufSize: number,
    opts: WitTransferOptions,
  ): TransferResource {
    this.#opened();
    return new TransferResource(this.#session, this.#handle, xferType, setup, bufSize >>> 0, opts);
  }

  async close(): Promise<void> {
    // It has no error to return: one that is cut short is ended in the background.
    await this.#wait(this.#session.close(this.#handle)).catch(() => undefined);
  }

  /** The guest dropped it without closing it; what is left ends in the background. */
  [Symbol.dispose](): void {
    void this.#session.close(this.#handle);
  }

  /** For the plain calls: those that suspend must not throw anything but a UsbError (see CallBudget). */
  #opened() {
    this.#session.context.budget.check();
    return this.#handle.opened;
  }

  #checkInterface(number: number, doing: string): void {
    this.#session.check({ kind: "interface", interface: number }, `${doing} interface ${number}`);
  }

  #wait<T>(work: Promise<T>): Promise<T> {
    return this.#session.context.budget.wait(work);
  }
}

/** component:usb/device for one instance. */
export function usbDevice(context: InstanceContext) {
  return {
    UsbDevice: UsbDeviceResource,
    DeviceHandle: DeviceHandleResource,
    init(): void {},
    listDevices(): [UsbDeviceResource, UsbDeviceDescriptor, Omit<UsbLocation, "port">][] {
      context.budget.check();
      const session = sessionOf(context);
      const { descriptor, location } = session.device;
      return [[new UsbDeviceResource(session), descriptor, location]];
    },
  };
}

/** component:usb/transfers for one instance. */
export function usbTransfers() {
  return {
    Transfer: TransferResource,
    awaitTransfer: (transfer: TransferResource): Promise<Uint8Array> => transfer.wait(),
  };
}

/**
 * component:usb/usb-hotplug for one instance. An instance lives no longer than its device is plugged in, so the only
 * event that it can see is the arrival that it was started for.
 */
export function usbHotplug(context: InstanceContext) {
  let arrived = false;
  return {
    enableHotplug(): void {
      arrived = true;
    },
    pollEvents(): [{ arrived: boolean; left: boolean }, object, UsbDeviceResource][] {
      context.budget.check();
      if (!arrived) return [];
      arrived = false;
      const session = sessionOf(context);
      const { descriptor, location } = session.device;
      const info = {
        bus: location.busNumber,
        address: location.deviceAddress,
        vendor: descriptor.vendorId,
        product: descriptor.productId,
      };
      return [[{ arrived: true, left: false }, info, new UsbDeviceResource(session)]];
    },
  };
}

/** Linking has made sure that an instance with these imports has a device. */
function sessionOf(context: InstanceContext): UsbSession {
  if (context.usb === undefined) throw new UsbError("access", "the board wires no USB device to this driver");
  return context.usb;
}

function notFound(message: string): UsbError {
  return new UsbError("not-found", message);
}

function notClaimed(endpoint: number): UsbError {
  return notFound(`claim the interface of endpoint ${hex(endpoint)} first`);
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, "0")}`;
}
