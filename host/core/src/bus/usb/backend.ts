/**
 * What the host needs from a platform to reach USB: libusb on Node, WebUSB and the simulator each implement these
 * interfaces, and the same contract tests run against all of them. All of them throw UsbError with libusb's meaning.
 */

import type { UsbConfigurationDescriptor, UsbDeviceDescriptor } from "./descriptors.ts";

/** A source of USB devices. */
export interface UsbBackend {
  /** For messages: "libusb", "simulator". */
  readonly name: string;

  /**
   * The devices that are plugged in. A device is the same object until it leaves.
   *
   * @throws BackendError when the platform has no USB, or refuses it
   */
  devices(): Promise<readonly UsbDevice[]>;

  /** Tells of arrivals and departures from now on; disposing the result ends that. */
  watch(listener: (event: UsbHotplugEvent) => void): Disposable;
}

/** A device that was plugged in or pulled out. */
export interface UsbHotplugEvent {
  readonly event: "arrived" | "left";
  readonly device: UsbDevice;
}

/** component:usb/device `usb-speed`. */
export type UsbSpeed = "unknown" | "low" | "full" | "high" | "super" | "super-plus" | "super-plus-X2";

/** Where a device is plugged in. */
export interface UsbLocation {
  readonly busNumber: number;
  /** Given anew with every plugging in. */
  readonly deviceAddress: number;
  /** The port of the hub that it hangs on; 0 where the platform does not tell. */
  readonly portNumber: number;
  readonly speed: UsbSpeed;
  /** The way through the hubs, which stays the same: "1-2.3" is port 3 of a hub in port 2 of bus 1. */
  readonly port: string | undefined;
}

/** A device that is plugged in. */
export interface UsbDevice {
  readonly descriptor: UsbDeviceDescriptor;
  /** By index; undefined where the device's own descriptor is malformed. */
  readonly configurations: readonly (UsbConfigurationDescriptor | undefined)[];
  readonly location: UsbLocation;
  /** What the device says about itself; undefined where it says nothing, or the platform does not tell. */
  readonly manufacturer: string | undefined;
  readonly product: string | undefined;
  readonly serialNumber: string | undefined;

  /** The chosen configuration's value, 0 where the device is unconfigured. */
  activeConfiguration(): number;

  /**
   * Who has an interface now: the name of the operating system's driver ("usbhid"), "usbfs" for a program. Undefined
   * where nobody has it, or the platform does not tell.
   */
  interfaceUser?(interfaceNumber: number): string | undefined;

  /**
   * The report descriptor of a HID interface, by which security keys are told; undefined where the platform keeps
   * security keys away by itself.
   *
   * @throws UsbError when it cannot be read
   */
  reportDescriptor(interfaceNumber: number): Promise<Uint8Array | undefined>;

  /**
   * Called before a driver starts that is given these interfaces: a platform that opens and claims asynchronously does
   * it here.
   *
   * @throws UsbError, BackendError
   */
  prepare?(interfaces: readonly number[]): Promise<void>;

  /**
   * Opens it. Opened more than once, each handle has its own claims.
   *
   * @throws UsbError, BackendError with the line that mends it where the operating system refuses
   */
  open(): UsbHandle;
}

/** An opened device. After `close` every call throws `no-device`. */
export interface UsbHandle {
  /** USB 2.0, 9.4.7. @param value bConfigurationValue; undefined for none */
  setConfiguration(value: number | undefined): Promise<void>;
  /** @throws UsbError `busy` where somebody else has it, `not-found` */
  claimInterface(interfaceNumber: number): void;
  /** @throws UsbError `not-found` where it was not claimed */
  releaseInterface(interfaceNumber: number): Promise<void>;
  /** USB 2.0, 9.4.10. @throws UsbError `not-found` where the interface was not claimed, or has no such setting */
  setAlternateSetting(interfaceNumber: number, alternateSetting: number): Promise<void>;
  /** Clears the halt of an endpoint, and its data toggle: USB 2.0, 9.4.5. @throws UsbError `not-found` */
  clearHalt(endpoint: number): Promise<void>;
  /** Resets the port; the device keeps its configuration. @throws UsbError `not-found` where it came back as another one */
  reset(): Promise<void>;
  /** @throws UsbError `not-supported` where the platform has no such drivers */
  kernelDriverActive(interfaceNumber: number): boolean;
  /** Takes an interface away from the system's driver. @throws UsbError `not-found` where it has none, `not-supported` */
  detachKernelDriver(interfaceNumber: number): void;
  /** Gives an interface back to the system's driver. @throws UsbError `busy` where it is claimed, `not-supported` */
  attachKernelDriver(interfaceNumber: number): void;

  /**
   * Starts a transfer, any number of them. Those of one endpoint are carried out in order.
   *
   * @throws UsbError when it cannot be started
   */
  submit(request: UsbTransferRequest): UsbTransfer;

  /** Cancels what is under way, waits until it has ended, and closes. Closing twice is legal. */
  close(): Promise<void>;
}

/** The eight bytes that begin a control transfer: USB 2.0 table 9-2. */
export interface UsbSetup {
  readonly bmRequestType: number;
  readonly bRequest: number;
  readonly wValue: number;
  readonly wIndex: number;
  readonly wLength: number;
}

/** A transfer to be started. */
export interface UsbTransferRequest {
  readonly type: "control" | "bulk" | "interrupt";
  /** bEndpointAddress, direction bit included; 0 for control transfers. */
  readonly endpoint: number;
  /** For control transfers. */
  readonly setup?: UsbSetup;
  /** What is sent. It belongs to the backend from now on. Empty for a transfer in IN direction. */
  readonly data: Uint8Array;
  /** How many bytes are received at most; 0 for a transfer in OUT direction. */
  readonly length: number;
  /** After this time it ends in `timeout`; 0 for never. */
  readonly timeoutMs: number;
}

/** What a transfer did. */
export interface UsbTransferResult {
  /** What was received; empty for a transfer in OUT direction. */
  readonly data: Uint8Array;
  /** How many bytes were received or sent, the setup packet not counted. */
  readonly actualLength: number;
}

/** A transfer that was started. */
export interface UsbTransfer {
  /** Rejects with UsbError: `timeout`, `interrupted` after `cancel`, `pipe`, `overflow`, `no-device`, `io`. */
  readonly done: Promise<UsbTransferResult>;
  /** Asks for its end; without effect on one that has ended. */
  cancel(): void;
}
