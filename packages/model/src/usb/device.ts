/**
 * Tells a device that the host has given a transfer up: what a model needs of an `AbortSignal`, which is one. A driver's package
 * is checked without the types of any runtime, its model too.
 */
export interface TransferSignal {
  readonly aborted: boolean;
  /** Why; what a transfer that was given up is rejected with. */
  readonly reason: unknown;
  /** @throws the reason where it was given up */
  throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** How fast a device signals. */
export type UsbSpeed = "low" | "full" | "high" | "super";

/** The eight bytes that begin a control transfer: USB 2.0, table 9-2. */
export interface UsbSetup {
  readonly bmRequestType: number;
  readonly bRequest: number;
  readonly wValue: number;
  readonly wIndex: number;
  readonly wLength: number;
}

/** What a device says about itself, as bytes, so that a model of a broken device can say anything. */
export interface UsbDescriptors {
  /** The device descriptor, 18 bytes where it is well formed. */
  readonly device: Uint8Array;
  /** Each configuration descriptor with everything that follows it, `wTotalLength` bytes. */
  readonly configurations: readonly Uint8Array[];
  /** String descriptors in US English: the first has index 1. */
  readonly strings: readonly string[];
  /** Binary object store, of devices that declare USB 2.1 or later. */
  readonly binaryObjectStore?: Uint8Array;
}

/**
 * A simulated USB device. What USB 2.0 chapter 9 asks of every device (descriptors, configurations, alternate settings,
 * halted endpoints) is done by the simulator; a device answers its class and vendor requests, and its endpoints.
 *
 * Transfers of one endpoint come one after the other; those of different endpoints at the same time. A transfer may
 * wait as long as it likes, as an interrupt endpoint with nothing to say does. When `signal` aborts, the host has given
 * it up: the device settles the promise soon, in any way, and forgets the transfer.
 */
export interface UsbDevice {
  readonly speed: UsbSpeed;
  readonly descriptors: UsbDescriptors;

  /**
   * A control request that is not a standard one, or a standard one to an interface that is not in chapter 9
   * (GET_DESCRIPTOR of a HID report descriptor).
   *
   * @param data the data stage of an OUT request; empty for an IN request
   * @returns the data stage of an IN request, of which the host sees at most `wLength` bytes; empty for an OUT request
   * @throws UsbTransferError "stall" for a request that the device does not know
   */
  control(setup: UsbSetup, data: Uint8Array, signal: TransferSignal): Uint8Array | Promise<Uint8Array>;

  /**
   * Data from the device, on a bulk or interrupt endpoint.
   *
   * @param endpoint the address, direction bit included: 0x81
   * @param length how many bytes the host can take; more is an overflow
   * @throws UsbTransferError
   */
  transferIn?(endpoint: number, length: number, signal: TransferSignal): Promise<Uint8Array>;

  /**
   * Data to the device, on a bulk or interrupt endpoint.
   *
   * @param endpoint the address: 0x01
   * @returns how many bytes the device took
   * @throws UsbTransferError
   */
  transferOut?(endpoint: number, data: Uint8Array, signal: TransferSignal): Promise<number>;

  /**
   * Data from the device, on an isochronous endpoint.
   *
   * @param lengths how many bytes each packet has room for, one packet a service interval
   * @returns the packets in their order, at most as many; those that are missing bring nothing
   * @throws UsbTransferError
   */
  isochronousIn?(
    endpoint: number,
    lengths: readonly number[],
    signal: TransferSignal,
  ): Promise<readonly IsochronousPacket[]>;

  /** The host chose a configuration, 0 for none; alternate settings are back to 0. */
  configured?(configuration: number): void;

  /** The host chose an alternate setting. */
  interfaceSet?(interfaceNumber: number, alternateSetting: number): void;

  /** The host cleared the halt of an endpoint, whether or not it was halted. */
  haltCleared?(endpoint: number): void;

  /** The host is gone. What it asked for before means nothing any more. */
  detached?(): void;
}

/** What a packet of an isochronous transfer brought; "lost" where it did not arrive whole. */
export type IsochronousPacket = Uint8Array | "lost";

/**
 * How a transfer fails: the device stalls it, does not answer, sends more than was asked for, or is gone; "short" is a
 * read that returned too little for a host that said so; "unsupported" is a kind of transfer that is not simulated.
 */
export type UsbTransferFailure =
  | "stall"
  | "no-response"
  | "overflow"
  | "disconnected"
  | "short"
  | "unsupported";

/** A transfer that failed. */
export class UsbTransferError extends Error {
  override readonly name = "UsbTransferError";
  readonly failure: UsbTransferFailure;

  constructor(failure: UsbTransferFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** A stall, for a reason: the device does not do what it was asked. */
export function stall(message: string): UsbTransferError {
  return new UsbTransferError("stall", message);
}

/** What a transfer to an endpoint ends in that the device does not have: nobody answers. */
export function noEndpoint(): UsbTransferError {
  return new UsbTransferError("no-response", "There is no such endpoint.");
}

/**
 * Whether a transfer failed as a device lets it fail. Not by its class: a model is built with its own copy of this package.
 */
export function isUsbTransferError(error: unknown): error is UsbTransferError {
  return error instanceof Error && error.name === "UsbTransferError" && "failure" in error;
}
