/** component:usb@0.2.1 as a component gets it: what is wired to it, every call judged against the grant, then traced. */

import { hex } from "../../hex.ts";
import type { CallBudget } from "../../instance/budget.ts";
import type { UsbLocation } from "./backend.ts";
import type { ClaimingHandle } from "./claims.ts";
import {
  TransferResource,
  type WitTransferOptions,
  type WitTransferSetup,
  type WitTransferType,
} from "./component-usb-transfer.ts";
import type { UsbConfigurationDescriptor, UsbDeviceDescriptor } from "./descriptors.ts";
import { UsbError } from "./error.ts";
import type { UsbSession } from "./session.ts";

/** The USB devices that one component may see. */
export interface UsbView {
  /** Of its calls. */
  readonly budget: CallBudget;
  /** Those that are plugged in. */
  sessions(): readonly UsbSession[];
  /** What arrived and left since this was asked last; the first answer has the arrival of what was there before. */
  takeChanges(): readonly UsbChange[];
}

/** A device came or went. */
export interface UsbChange {
  readonly event: "arrived" | "left";
  readonly session: UsbSession;
}

/** component:usb/configuration `config-value`. */
type WitConfigValue = { readonly tag: "unconfigured" } | { readonly tag: "value"; readonly val: number };

/** An interface has no more endpoints: USB 2.0 section 9.6.6. */
const mostEndpoints = 30;

/** The functions of component:usb/device that wait. */
export const deviceWaits = [
  "[method]device-handle.set-configuration",
  "[method]device-handle.release-interface",
  "[method]device-handle.set-interface-altsetting",
  "[method]device-handle.clear-halt",
  "[method]device-handle.reset-device",
  "[method]device-handle.close",
] as const;

/** The functions of component:usb/transfers that wait. */
export const transferWaits = ["await-transfer"] as const;

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
    this.#session.context.budget.check();
    const { configurations } = this.#session.device;
    if (configIndex >= configurations.length) throw notFound(`no configuration has the index ${configIndex}`);
    const found = configurations[configIndex];
    if (found === undefined) throw new UsbError("io", `configuration ${configIndex} is malformed`);
    return found;
  }

  getConfigurationDescriptorByValue(configValue: number): UsbConfigurationDescriptor {
    this.#session.context.budget.check();
    const found = this.#session.device.configurations.find(
      (each) => each?.configurationValue === configValue,
    );
    if (found === undefined) throw notFound(`no configuration has the value ${configValue}`);
    return found;
  }

  getActiveConfigurationDescriptor(): UsbConfigurationDescriptor {
    this.#session.context.budget.check();
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
    const handle = this.#opened();
    const value = config.tag === "value" ? config.val : undefined;
    this.#session.check(
      { kind: "device", change: "set-configuration" },
      `choosing configuration ${value ?? "none"}`,
    );
    // libusb, libusb_set_configuration: not while interfaces are claimed, which may be other ones afterwards.
    if (this.#session.hasClaims) throw new UsbError("busy", "release the interfaces first");
    await this.#wait(this.#session.changing(() => handle.setConfiguration(value)));
  }

  claimInterface(ifac: number): void {
    this.#opened();
    this.#checkInterface(ifac, "claiming");
    this.#handle.claim(ifac);
  }

  async releaseInterface(ifac: number): Promise<void> {
    this.#opened();
    this.#checkInterface(ifac, "releasing");
    await this.#wait(this.#handle.release(ifac));
  }

  async setInterfaceAltsetting(ifac: number, altSetting: number): Promise<void> {
    const handle = this.#opened();
    this.#checkInterface(ifac, "choosing an alternate setting of");
    if (!this.#handle.hasClaimed(ifac)) throw notFound(`interface ${ifac} is not claimed`);
    await this.#wait(handle.setAlternateSetting(ifac, altSetting));
  }

  async clearHalt(endpoint: number): Promise<void> {
    const handle = this.#opened();
    this.#checkEndpoint(endpoint, "clearing the halt of");
    await this.#wait(handle.clearHalt(endpoint));
  }

  async resetDevice(): Promise<void> {
    const handle = this.#opened();
    this.#session.check({ kind: "device", change: "reset" }, "resetting the device");
    await this.#wait(this.#session.changing(() => handle.reset()));
  }

  allocStreams(numStreams: number, endpoints: Uint8Array): void {
    this.#checkStreams(endpoints, "allocating bulk streams of");
    if (numStreams === 0) throw new UsbError("invalid-param", "no stream is asked for");
    throw new UsbError("not-supported", "bulk streams are not supported");
  }

  freeStreams(endpoints: Uint8Array): void {
    this.#checkStreams(endpoints, "freeing bulk streams of");
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
    xferType: WitTransferType,
    setup: WitTransferSetup,
    bufSize: number,
    opts: WitTransferOptions,
  ): TransferResource {
    this.#opened();
    return new TransferResource(this.#session, this.#handle, xferType, setup, bufSize >>> 0, opts);
  }

  async close(): Promise<void> {
    // It is given back whatever happens: where there is no time left, in the background.
    const closed = this.#session.close(this.#handle).catch(() => undefined);
    this.#session.context.budget.check();
    await this.#wait(closed);
  }

  /** The guest dropped it without closing it; what is left ends in the background. */
  [Symbol.dispose](): void {
    void this.#session.close(this.#handle);
  }

  #opened() {
    this.#session.context.budget.check();
    return this.#handle.opened;
  }

  #checkInterface(number: number, doing: string): void {
    this.#session.check({ kind: "interface", interface: number }, `${doing} interface ${number}`);
  }

  #checkEndpoint(endpoint: number, doing: string): void {
    this.#session.check({ kind: "endpoint", endpoint }, `${doing} endpoint ${hex(endpoint)}`);
    if (!this.#session.hasClaimedEndpoint(this.#handle, endpoint)) throw notClaimed(endpoint);
  }

  #checkStreams(endpoints: Uint8Array, doing: string): void {
    this.#opened();
    const { length } = endpoints;
    if (length < 1 || length > mostEndpoints) {
      throw new UsbError("invalid-param", `bulk streams have 1 to ${mostEndpoints} endpoints, not ${length}`);
    }
    for (const endpoint of endpoints) this.#checkEndpoint(endpoint, doing);
  }

  #wait<T>(work: Promise<T>): Promise<T> {
    return this.#session.context.budget.wait(work);
  }
}

/** component:usb/device for one component. */
export function usbDevice(view: UsbView) {
  return {
    UsbDevice: UsbDeviceResource,
    DeviceHandle: DeviceHandleResource,
    init(): void {
      view.budget.check();
    },
    listDevices(): [UsbDeviceResource, UsbDeviceDescriptor, Omit<UsbLocation, "port">][] {
      view.budget.check();
      return view.sessions().map((session) => {
        const { descriptor, location } = session.device;
        return [new UsbDeviceResource(session), descriptor, location];
      });
    },
  };
}

/** component:usb/transfers for one component. */
export function usbTransfers() {
  const awaitTransfer = (transfer: TransferResource): Promise<Uint8Array> => transfer.wait();
  // wit/shapes. A handle that is only lent has been awaited all the same; the guest drops it later.
  const awaitPackets = async (transfer: TransferResource) => ({ data: await transfer.wait(), packets: [] });
  return {
    Transfer: TransferResource,
    awaitTransfer,
    shapes: {
      "transfer-result": { awaitTransfer: awaitPackets },
      "borrowed-transfer": { awaitTransfer: awaitPackets },
    },
  };
}

/** component:usb/usb-hotplug for one component. */
export function usbHotplug(view: UsbView) {
  let enabled = false;
  return {
    enableHotplug(): void {
      view.budget.check();
      enabled = true;
    },
    pollEvents(): [{ arrived: boolean; left: boolean }, object, UsbDeviceResource][] {
      view.budget.check();
      if (!enabled) return [];
      return view.takeChanges().map(({ event, session }) => {
        const { descriptor, location } = session.device;
        const info = {
          bus: location.busNumber,
          address: location.deviceAddress,
          vendor: descriptor.vendorId,
          product: descriptor.productId,
        };
        const flags = { arrived: event === "arrived", left: event === "left" };
        return [flags, info, new UsbDeviceResource(session)];
      });
    },
  };
}

function notFound(message: string): UsbError {
  return new UsbError("not-found", message);
}

function notClaimed(endpoint: number): UsbError {
  return notFound(`claim the interface of endpoint ${hex(endpoint)} first`);
}
