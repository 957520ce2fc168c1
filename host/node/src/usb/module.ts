import { createRequire } from "node:module";
import { nativeFix } from "../linux/ioctl.ts";
import { RemediedError } from "../linux/remedies.ts";

/** Called once for each submit. `errno` of the error is a positive transfer status. */
export type TransferCallback = (error: { errno: number } | undefined, buffer: Buffer, actual: number) => void;

/** A native transfer. After a failed submit it cannot be used again, so each is used once. */
export interface NativeTransfer {
  /** @throws an error with a negative libusb code as `errno` */
  submit(buffer: Buffer): unknown;
  /** False where nothing was under way. */
  cancel(): boolean;
}

/** The fields of an endpoint descriptor, as the package has them. */
export interface NativeEndpoint {
  readonly bLength: number;
  readonly bDescriptorType: number;
  readonly bEndpointAddress: number;
  readonly bmAttributes: number;
  readonly wMaxPacketSize: number;
  readonly bInterval: number;
  readonly bRefresh: number;
  readonly bSynchAddress: number;
  /** The descriptors behind it that libusb does not know. */
  readonly extra: Uint8Array;
}

/** One alternate setting of an interface. */
export interface NativeInterface {
  readonly bLength: number;
  readonly bDescriptorType: number;
  readonly bInterfaceNumber: number;
  readonly bAlternateSetting: number;
  readonly bInterfaceClass: number;
  readonly bInterfaceSubClass: number;
  readonly bInterfaceProtocol: number;
  readonly iInterface: number;
  /** The descriptors between it and its endpoints that libusb does not know. */
  readonly extra: Uint8Array;
  readonly endpoints: readonly NativeEndpoint[];
}

/** A configuration; `interfaces` has the alternate settings of each interface. */
export interface NativeConfiguration {
  readonly bLength: number;
  readonly bDescriptorType: number;
  readonly wTotalLength: number;
  readonly bConfigurationValue: number;
  readonly iConfiguration: number;
  readonly bmAttributes: number;
  readonly bMaxPower: number;
  readonly interfaces: readonly (readonly NativeInterface[])[];
}

/** The fields of a device descriptor. */
export interface NativeDeviceDescriptor {
  readonly bLength: number;
  readonly bDescriptorType: number;
  readonly bcdUSB: number;
  readonly bDeviceClass: number;
  readonly bDeviceSubClass: number;
  readonly bDeviceProtocol: number;
  readonly bMaxPacketSize0: number;
  readonly idVendor: number;
  readonly idProduct: number;
  readonly bcdDevice: number;
  readonly iManufacturer: number;
  readonly iProduct: number;
  readonly iSerialNumber: number;
  readonly bNumConfigurations: number;
}

type Done = (error?: { errno: number }) => void;

/** What is used of a device of the package: libusb's functions, one to one. They throw errors with a negative code. */
export interface NativeDevice {
  readonly busNumber: number;
  readonly deviceAddress: number;
  /** The way through the hubs; empty or absent for a root hub. */
  readonly portNumbers?: readonly number[];
  readonly deviceDescriptor: NativeDeviceDescriptor;
  __open(): void;
  __close(): void;
  __getConfigDescriptor(): NativeConfiguration;
  __getAllConfigDescriptors(): readonly NativeConfiguration[];
  __setConfiguration(value: number, done: Done): void;
  __clearHalt(endpoint: number, done: Done): void;
  __setInterface(interfaceNumber: number, alternateSetting: number, done: Done): void;
  __claimInterface(interfaceNumber: number): void;
  __releaseInterface(interfaceNumber: number, done: Done): void;
  __detachKernelDriver(interfaceNumber: number): void;
  __attachKernelDriver(interfaceNumber: number): void;
  __isKernelDriverActive(interfaceNumber: number): boolean;
  reset(done: Done): void;
}

/** What is used of the npm package usb 2.x. */
export interface UsbModule {
  /** Not 0 where libusb does not start. */
  readonly INIT_ERROR: number;
  readonly Transfer: new (
    device: NativeDevice,
    endpoint: number,
    type: number,
    timeoutMs: number,
    callback: TransferCallback,
  ) => NativeTransfer;
  getDeviceList(): readonly NativeDevice[];
  on(event: "attach" | "detach", listener: (device: NativeDevice) => void): unknown;
  off(event: "attach" | "detach", listener: (device: NativeDevice) => void): unknown;
}

let loaded: UsbModule | undefined;

/**
 * Loads the npm package usb, once.
 *
 * @throws RemediedError saying what to install
 */
export function loadUsb(): UsbModule {
  if (loaded === undefined) {
    try {
      loaded = (createRequire(import.meta.url)("usb") as { usb: UsbModule }).usb;
    } catch (cause) {
      throw new RemediedError(usbProblem(cause), { cause });
    }
  }
  if (loaded.INIT_ERROR !== 0) {
    throw new RemediedError({
      what: `libusb does not start (error ${loaded.INIT_ERROR})`,
      fix: "run where there is USB, or simulate the device in the board file",
    });
  }
  return loaded;
}

/** Why the package did not load, and what to do. Exported for its test. */
export function usbProblem(cause: unknown): { what: string; fix: string } {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (
    cause instanceof Error &&
    "code" in cause &&
    cause.code === "MODULE_NOT_FOUND" &&
    reason.includes("'usb'")
  ) {
    return { what: "the npm package usb is not installed", fix: "npm install usb@2" };
  }
  return {
    what: `the npm package usb does not load on Node ${process.version} (${reason.split("\n", 1)[0]})`,
    fix: nativeFix(reason) ?? "sudo apt install build-essential python3 libudev-dev && npm rebuild usb",
  };
}
