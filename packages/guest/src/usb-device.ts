/** What a USB class driver is given: its device, opened, with transfers that throw DriverError. */

import { DriverError } from "./errors.ts";
import { hex } from "./hex.ts";
import { DescriptorType, parseString } from "./usb-descriptors.ts";
import { usbFault } from "./usb-errors.ts";
import { type AwaitTransfer, PendingTransfer } from "./usb-transfer.ts";
import type {
  ConfigurationDescriptor,
  DeviceDescriptor,
  DeviceLocation,
  EndpointDescriptor,
  InterfaceDescriptor,
  TransferSetup,
  TransferType,
  WasiUsbDevice,
  WasiUsbHandle,
  WasiUsbTransfer,
} from "./wit.ts";

/** The functions of component:usb that lie outside its resources. */
export interface UsbHost {
  /** component:usb/device `init`. */
  init(): void;
  /** component:usb/device `list-devices`. */
  listDevices(): [WasiUsbDevice, DeviceDescriptor, DeviceLocation][];
  /** component:usb/transfers `await-transfer`. */
  awaitTransfer: AwaitTransfer;
}

/** What an interface must be; what is left out does not matter. USB 2.0 table 9-12. */
export interface InterfaceMatch {
  readonly number?: number;
  readonly class?: number;
  readonly subclass?: number;
  readonly protocol?: number;
  readonly alternateSetting?: number;
}

/** A control request: USB 2.0 section 9.3. */
export interface ControlRequest {
  readonly type: keyof typeof requestTypes;
  readonly recipient: keyof typeof recipients;
  /** bRequest. */
  readonly request: number;
  /** wValue, 0 where it is left out. */
  readonly value?: number;
  /** wIndex: the interface or the endpoint where one of them is the recipient; 0 where it is left out. */
  readonly index?: number;
}

/** bmRequestType: USB 2.0 table 9-2. */
const requestTypes = { standard: 0x00, class: 0x20, vendor: 0x40 } as const;
const recipients = { device: 0, interface: 1, endpoint: 2, other: 3 } as const;
const directionIn = 0x80;

const GET_DESCRIPTOR = 6;
const longestDescriptor = 255;
/** LANGID of US English. */
const usEnglish = 0x0409;
const noSetup: TransferSetup = { bmRequestType: 0, bRequest: 0, wValue: 0, wIndex: 0 };
const nothing = new Uint8Array();

/** How long a request that the device can work without may take. */
const optionalTimeoutMs = 500;

/** Different warnings of one device; a device that invents more is not worth the memory. */
const mostWarnings = 50;

/** How long a control transfer may take: USB 2.0 section 9.2.6.1 lets a device take 5 s. */
const controlTimeoutMs = 5000;

/**
 * The USB device of a driver, opened. Every method throws DriverError; transfers that fail throw the UsbFault among
 * them. Closing twice is legal.
 */
export class UsbDevice implements Disposable {
  readonly descriptor: DeviceDescriptor;
  readonly location: DeviceLocation;
  readonly #host: UsbHost;
  readonly #device: WasiUsbDevice;
  readonly #claimed = new Set<number>();
  #handle: WasiUsbHandle | undefined;
  #configuration: ConfigurationDescriptor | undefined;
  /** Undefined before it was asked for; without an id where the device has no strings. */
  #language: { readonly id: number | undefined } | undefined;
  readonly #warn: (message: string) => void;
  readonly #warned = new Set<string>();

  /**
   * Opens the first device that the host shows: it shows only what the board wires to this driver.
   *
   * @param name the device's name in the board file, for messages
   * @param warn busbar:board/log `warn`
   * @throws DriverError `not-found` when there is none, `access-denied`
   */
  constructor(host: UsbHost, name: string, warn: (message: string) => void = () => {}) {
    this.#host = host;
    this.#warn = warn;
    const [found, ...others] = attempt("listing the USB devices", () => {
      host.init();
      return host.listDevices();
    });
    for (const [device] of others) device[Symbol.dispose]();
    if (found === undefined) {
      throw DriverError.notFound(`The USB device of "${name}" is not plugged in; plug it in.`);
    }
    const [device, descriptor, location] = found;
    this.#device = device;
    this.descriptor = descriptor;
    this.location = location;
    this.#handle = attempt("opening the USB device", () => device.open());
  }

  /** The chosen configuration. */
  get configuration(): ConfigurationDescriptor {
    this.#configuration ??= attempt("reading the configuration", () =>
      this.#device.getActiveConfigurationDescriptor(),
    );
    return this.#configuration;
  }

  /** The first interface of the chosen configuration that is like that, in its first such alternate setting. */
  findInterface(match: InterfaceMatch): InterfaceDescriptor | undefined {
    const wanted: [number | undefined, keyof InterfaceDescriptor][] = [
      [match.number, "interfaceNumber"],
      [match.class, "interfaceClass"],
      [match.subclass, "interfaceSubclass"],
      [match.protocol, "interfaceProtocol"],
      [match.alternateSetting, "alternateSetting"],
    ];
    return this.configuration.interfaces.find((each) =>
      wanted.every(([value, key]) => value === undefined || each[key] === value),
    );
  }

  /**
   * The first endpoint of this kind of an interface.
   *
   * @throws DriverError `protocol` when there is none
   */
  findEndpoint(
    { interfaceNumber, endpoints }: InterfaceDescriptor,
    type: Exclude<TransferType, "control">,
    direction: "in" | "out",
  ): EndpointDescriptor {
    const found = endpoints.find(
      (each) => endpointType(each) === type && endpointDirection(each) === direction,
    );
    if (found !== undefined) return found;
    throw DriverError.protocol(
      `Interface ${interfaceNumber} of the device has no ${type} endpoint in ${direction.toUpperCase()} direction; use another driver.`,
    );
  }

  /** Takes an interface, from the operating system's driver where there is one. */
  claim(interfaceNumber: number): void {
    const handle = this.#opened();
    attempt(`claiming interface ${interfaceNumber}`, () => {
      if (isKernelDriverActive(handle, interfaceNumber)) handle.detachKernelDriver(interfaceNumber);
      handle.claimInterface(interfaceNumber);
    });
    this.#claimed.add(interfaceNumber);
  }

  /** Gives an interface back. */
  release(interfaceNumber: number): void {
    attempt(`releasing interface ${interfaceNumber}`, () => this.#opened().releaseInterface(interfaceNumber));
    this.#claimed.delete(interfaceNumber);
  }

  /** Chooses an alternate setting of a claimed interface. */
  setAlternateSetting(interfaceNumber: number, alternateSetting: number): void {
    attempt(`choosing setting ${alternateSetting} of interface ${interfaceNumber}`, () =>
      this.#opened().setInterfaceAltsetting(interfaceNumber, alternateSetting),
    );
  }

  /** Ends the halt of an endpoint. */
  clearHalt(endpoint: number): void {
    attempt(`clearing the halt of endpoint ${hex(endpoint)}`, () => this.#opened().clearHalt(endpoint));
  }

  /** Resets the device, where the board allows it. */
  reset(): void {
    attempt("resetting the device", () => this.#opened().resetDevice());
  }

  /** A control transfer in IN direction; returns at most `length` bytes. */
  controlIn(request: ControlRequest, length: number, timeoutMs = controlTimeoutMs): Uint8Array {
    return this.#control(request, directionIn, nothing, length, timeoutMs).wait();
  }

  /** A control transfer in OUT direction. */
  controlOut(request: ControlRequest, data: Uint8Array = nothing, timeoutMs = controlTimeoutMs): void {
    this.#control(request, 0, data, data.length, timeoutMs).wait();
  }

  /**
   * A control transfer in IN direction that the device can work without: a device that refuses it, or does not answer within
   * 500 ms, is used as one that does not have it, and the operator is told once.
   *
   * @param what names it for the operator: "GET MAX LUN"
   * @returns undefined when it failed
   * @throws DriverError `disconnected` only
   */
  optionalIn(what: string, request: ControlRequest, length: number): Uint8Array | undefined {
    return this.optional(what, () => this.controlIn(request, length, optionalTimeoutMs));
  }

  /** As `optionalIn`, in OUT direction. @returns whether the device took it */
  optionalOut(what: string, request: ControlRequest, data?: Uint8Array): boolean {
    const taken = this.optional(what, () => {
      this.controlOut(request, data, optionalTimeoutMs);
      return true;
    });
    return taken ?? false;
  }

  /**
   * Does anything that the device can work without.
   *
   * @param action bounds its own time, to 500 ms where it asks the device
   * @returns undefined when it failed
   * @throws DriverError `disconnected`, and what is no DriverError
   */
  optional<Result>(what: string, action: () => Result): Result | undefined {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof DriverError) || error.payload.tag === "disconnected") throw error;
      this.warn(`${what} failed, and is done without: ${error.message}`);
      return undefined;
    }
  }

  /** Tells the operator something that is no error; a sentence that was said before is not said again. */
  warn(message: string): void {
    if (this.#warned.has(message) || this.#warned.size >= mostWarnings) return;
    this.#warned.add(message);
    this.#warn(message);
  }

  /**
   * Starts a bulk or interrupt transfer in IN direction. Several can be under way on one endpoint.
   *
   * @param length the most bytes; a multiple of the packet size, or a packet that is too long ends in `overflow`
   * @param timeoutMs 0 for never
   */
  submitIn(
    endpoint: number,
    length: number,
    timeoutMs = 0,
    type: "bulk" | "interrupt" = "bulk",
  ): PendingTransfer {
    return this.#submit(type, endpoint, noSetup, nothing, length, timeoutMs);
  }

  /** Starts a bulk or interrupt transfer in OUT direction. Several can be under way on one endpoint. */
  submitOut(
    endpoint: number,
    data: Uint8Array,
    timeoutMs = 0,
    type: "bulk" | "interrupt" = "bulk",
  ): PendingTransfer {
    return this.#submit(type, endpoint, noSetup, data, data.length, timeoutMs);
  }

  /**
   * Starts an isochronous transfer in IN direction, to be waited for with `waitPackets`. Several can be under way on one
   * endpoint.
   *
   * @param packetBytes what one packet can bring at most: the endpoint's payload of one service interval
   * @param packets 1 to 1024
   * @param timeoutMs 0 for never
   */
  submitIsochronousIn(
    endpoint: number,
    packetBytes: number,
    packets: number,
    timeoutMs = 0,
  ): PendingTransfer {
    const length = packetBytes * packets;
    return this.#submit("isochronous", endpoint, noSetup, nothing, length, timeoutMs, packets);
  }

  /**
   * A string of the device in its first language; empty for index 0, and where the device does not give it within 500 ms:
   * many name a string that they do not have.
   *
   * @throws DriverError `disconnected` only
   */
  readString(index: number): string {
    if (index === 0) return "";
    const language = this.#stringLanguage();
    if (language === undefined) return "";
    const text = this.optional(`reading its string ${index}`, () => {
      const bytes = this.#readDescriptor(
        DescriptorType.STRING,
        index,
        language,
        longestDescriptor,
        optionalTimeoutMs,
      );
      return parseString(bytes);
    });
    return text ?? "";
  }

  /**
   * The configuration descriptor as bytes, with the class's own descriptors, at most 65535 of them.
   *
   * @param timeoutMs for each of the device's configurations
   */
  readConfiguration(timeoutMs = controlTimeoutMs): Uint8Array {
    const { configurationValue, totalLength } = this.configuration;
    for (let index = 0; index < this.descriptor.numConfigurations; index += 1) {
      const bytes = this.#readDescriptor(DescriptorType.CONFIGURATION, index, 0, totalLength, timeoutMs);
      // bConfigurationValue: USB 2.0 table 9-10.
      if (bytes[5] === configurationValue) return bytes;
    }
    throw DriverError.protocol(
      "The device does not give its configuration descriptor; unplug it and plug it in again.",
    );
  }

  /** Gives everything back. Closing twice is legal. */
  close(): void {
    const handle = this.#handle;
    this.#handle = undefined;
    if (handle === undefined) return;
    // The last one first: the operating system's driver of a function takes its first interface, and looks then whether the
    // others are free.
    for (const interfaceNumber of [...this.#claimed].reverse()) {
      try {
        handle.releaseInterface(interfaceNumber);
      } catch (error) {
        // A device that is gone has nothing to give back.
        usbFault(error, "");
      }
    }
    this.#claimed.clear();
    handle.close();
    handle[Symbol.dispose]();
    this.#device[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #control(
    { type, recipient, request, value = 0, index = 0 }: ControlRequest,
    direction: number,
    data: Uint8Array,
    length: number,
    timeoutMs: number,
  ): PendingTransfer {
    const bmRequestType = direction | requestTypes[type] | recipients[recipient];
    const setup = { bmRequestType, bRequest: request, wValue: value, wIndex: index };
    return this.#submit("control", 0, setup, data, length, timeoutMs);
  }

  #submit(
    type: TransferType,
    endpoint: number,
    setup: TransferSetup,
    data: Uint8Array,
    length: number,
    timeoutMs: number,
    isoPackets = 0,
  ): PendingTransfer {
    const handle = this.#opened();
    // Built only for an error: an engine without a compiler needs longer for the text than for the transfer.
    const doing = () => describe(type, endpoint, setup, length);
    let transfer: WasiUsbTransfer | undefined;
    try {
      const options = { endpoint, timeoutMs, streamId: 0, isoPackets };
      transfer = handle.newTransfer(type, setup, length, options);
      transfer.submitTransfer(data);
      return new PendingTransfer(transfer, this.#host.awaitTransfer, doing);
    } catch (error) {
      transfer?.[Symbol.dispose]();
      throw usbFault(error, doing());
    }
  }

  /**
   * The first language that the device has strings in: USB 2.0 section 9.6.7. As Linux does: English where the device
   * answers without naming one, and where it does not answer no string is asked for, now or later.
   */
  #stringLanguage(): number | undefined {
    this.#language ??= {
      id: this.optional("reading the languages of its strings", () => {
        const bytes = this.#readDescriptor(DescriptorType.STRING, 0, 0, longestDescriptor, optionalTimeoutMs);
        return bytes.length < 4 ? usEnglish : bytes[2]! | (bytes[3]! << 8);
      }),
    };
    return this.#language.id;
  }

  #readDescriptor(
    type: number,
    index: number,
    language: number,
    length: number,
    timeoutMs = controlTimeoutMs,
  ): Uint8Array {
    const value = (type << 8) | index;
    return this.controlIn(
      { type: "standard", recipient: "device", request: GET_DESCRIPTOR, value, index: language },
      length,
      timeoutMs,
    );
  }

  #opened(): WasiUsbHandle {
    if (this.#handle !== undefined) return this.#handle;
    throw DriverError.disconnected("The USB device was closed; open it again.");
  }
}

/** bmAttributes, bits 1 to 0: USB 2.0 table 9-13. */
export function endpointType({ attributes }: Pick<EndpointDescriptor, "attributes">): TransferType {
  return (["control", "isochronous", "bulk", "interrupt"] as const)[attributes & 0x03]!;
}

/** bEndpointAddress, bit 7: USB 2.0 table 9-13. */
export function endpointDirection({
  endpointAddress,
}: Pick<EndpointDescriptor, "endpointAddress">): "in" | "out" {
  return (endpointAddress & directionIn) !== 0 ? "in" : "out";
}

function isKernelDriverActive(handle: WasiUsbHandle, interfaceNumber: number): boolean {
  try {
    return handle.kernelDriverActive(interfaceNumber);
  } catch (error) {
    // Only Linux has such drivers: elsewhere, claiming decides.
    if ((error as { payload?: unknown }).payload === "not-supported") return false;
    throw error;
  }
}

function describe(type: TransferType, endpoint: number, setup: TransferSetup, length: number): string {
  if (type === "control") {
    const { bmRequestType, bRequest } = setup;
    return `control request ${hex(bRequest)} (bmRequestType ${hex(bmRequestType)}) of ${length} bytes`;
  }
  const isIn = (endpoint & directionIn) !== 0;
  return `${isIn ? "reading" : "writing"} ${length} bytes ${isIn ? "from" : "to"} endpoint ${hex(endpoint)}`;
}

function attempt<Result>(doing: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw usbFault(error, doing);
  }
}
