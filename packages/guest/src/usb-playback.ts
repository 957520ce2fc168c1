/** Tests of USB class drivers without a device: a list of the transfers that must happen, with the answers. */

import { hex } from "./hex.ts";
import { type Bytes, PlaybackError } from "./playback.ts";
import type { UsbHost } from "./usb-device.ts";
import type {
  ConfigurationDescriptor,
  DeviceDescriptor,
  EndpointDescriptor,
  InterfaceDescriptor,
  LibusbError,
  TransferSetup,
  TransferType,
  WasiUsbDevice,
  WasiUsbHandle,
  WasiUsbTransfer,
} from "./wit.ts";

/** Fails at the submit, or when it is waited for. */
interface Failure {
  /** What waiting for it ends in. */
  readonly error?: LibusbError;
  /** What submitting it ends in; it is not waited for then. */
  readonly submitError?: LibusbError;
}

/**
 * One expected step, in the order of submits: a bulk or interrupt transfer, a control transfer
 * (`[bmRequestType, bRequest, wValue, wIndex]`), the end of a halt, a reset, or an alternate setting. `in` is what the
 * device answers; where it is shorter than was asked for, the transfer is a short one. `length` is how many bytes are
 * asked for, where that matters. `sent` is how many bytes the device takes, all where it is left out.
 */
export type ExpectedUsbStep = Failure &
  (
    | { readonly endpoint: number; readonly out: Bytes; readonly sent?: number }
    | { readonly endpoint: number; readonly in: Bytes; readonly length?: number }
    | { readonly control: readonly [number, number, number, number]; readonly out: Bytes }
    | {
        readonly control: readonly [number, number, number, number];
        readonly in: Bytes;
        readonly length?: number;
      }
    | { readonly clearHalt: number }
    | { readonly reset: true }
    | { readonly setAlternateSetting: readonly [interfaceNumber: number, alternateSetting: number] }
  );

/** One alternate setting of an interface: the fields that matter, others have plain values. */
export interface PlaybackInterface extends Partial<Omit<InterfaceDescriptor, "endpoints">> {
  readonly endpoints: readonly (Partial<EndpointDescriptor> &
    Pick<EndpointDescriptor, "endpointAddress" | "attributes">)[];
}

/** What is plugged in. */
export interface PlaybackDevice {
  /** The fields that matter; others have plain values. */
  readonly descriptor?: Partial<DeviceDescriptor>;
  readonly interfaces: readonly PlaybackInterface[];
  /** wTotalLength: for drivers that read the configuration descriptor as bytes. */
  readonly totalLength?: number;
  /** Interfaces that a driver of the operating system has. */
  readonly kernelInterfaces?: readonly number[];
}

/**
 * A USB device that plays a list of steps: exact bytes, exact order. Anything else throws PlaybackError, at once and
 * again in `done`.
 *
 * @example
 * const playback = new UsbPlayback(device, [{ endpoint: 0x01, out: [1] }, { endpoint: 0x81, in: [1] }]);
 * const usb = new UsbDevice(playback.host, "echo");
 */
export class UsbPlayback {
  /** What a driver is given. */
  readonly host: UsbHost;
  /** The interfaces that are claimed now. */
  readonly claimed = new Set<number>();
  /** The interfaces that a driver of the operating system has now. */
  readonly kernelInterfaces: Set<number>;
  /** How many handles are open now. */
  opened = 0;

  readonly #expected: readonly ExpectedUsbStep[];
  readonly #answers = new Map<WasiUsbTransfer, () => Uint8Array>();
  readonly #transfers = new Set<WasiUsbTransfer>();
  #next = 0;
  #failure: PlaybackError | undefined;

  constructor(device: PlaybackDevice, expected: readonly ExpectedUsbStep[]) {
    this.#expected = expected;
    this.kernelInterfaces = new Set(device.kernelInterfaces);
    const descriptor = { ...plainDescriptor, ...device.descriptor };
    const location = { busNumber: 1, deviceAddress: 2, portNumber: 1, speed: "high" as const };
    const usbDevice = this.#device(configurationOf(device));
    this.host = {
      init: () => {},
      listDevices: () => [[usbDevice, descriptor, location]],
      awaitTransfer: (transfer) => {
        const answer = this.#answers.get(transfer);
        if (answer === undefined) throw usbError("not-found");
        this.#forget(transfer);
        return answer();
      },
    };
  }

  /** How many transfers there are that were neither waited for nor dropped. */
  get pending(): number {
    return this.#transfers.size;
  }

  /** @throws PlaybackError when anything went wrong, or when expected steps are left over */
  done(): void {
    if (this.#failure !== undefined) throw this.#failure;
    const left = this.#expected.slice(this.#next);
    if (left.length > 0) this.#fail(`${left.length} steps are left over, first: ${show(left[0]!)}`);
  }

  #device(configuration: ConfigurationDescriptor): WasiUsbDevice {
    return {
      open: () => {
        this.opened += 1;
        return this.#handle();
      },
      getConfigurationDescriptor: () => configuration,
      getConfigurationDescriptorByValue: () => configuration,
      getActiveConfigurationDescriptor: () => configuration,
      [Symbol.dispose]: () => {},
    };
  }

  #handle(): WasiUsbHandle {
    let open = true;
    return {
      getConfiguration: () => 1,
      setConfiguration: () => {},
      claimInterface: (number) => {
        if (this.kernelInterfaces.has(number)) throw usbError("busy");
        this.claimed.add(number);
      },
      releaseInterface: (number) => void this.claimed.delete(number),
      setInterfaceAltsetting: (number, setting) => this.#call({ setAlternateSetting: [number, setting] }),
      clearHalt: (endpoint) => this.#call({ clearHalt: endpoint }),
      resetDevice: () => this.#call({ reset: true }),
      allocStreams: () => {},
      freeStreams: () => {},
      kernelDriverActive: (number) => this.kernelInterfaces.has(number),
      detachKernelDriver: (number) => void this.kernelInterfaces.delete(number),
      attachKernelDriver: (number) => void this.kernelInterfaces.add(number),
      newTransfer: (type, setup, length, { endpoint }) => this.#transfer(type, setup, length, endpoint),
      close: () => {
        if (open) this.opened -= 1;
        open = false;
      },
      [Symbol.dispose]: () => {},
    };
  }

  #transfer(type: TransferType, setup: TransferSetup, length: number, endpoint: number): WasiUsbTransfer {
    let cancelled = false;
    const transfer: WasiUsbTransfer = {
      submitTransfer: (data) => {
        const answer = this.#submit(type, setup, length, endpoint, data);
        this.#answers.set(transfer, () => {
          if (cancelled) throw usbError("interrupted");
          return answer();
        });
      },
      cancelTransfer: () => {
        cancelled = true;
      },
      [Symbol.dispose]: () => this.#forget(transfer),
    };
    this.#transfers.add(transfer);
    return transfer;
  }

  #forget(transfer: WasiUsbTransfer): void {
    this.#transfers.delete(transfer);
    this.#answers.delete(transfer);
  }

  /** Compares a submitted transfer with the next expected step; what waiting for it gives. */
  #submit(
    type: TransferType,
    { bmRequestType, bRequest, wValue, wIndex }: TransferSetup,
    length: number,
    endpoint: number,
    data: Uint8Array,
  ): () => Uint8Array {
    const isControl = type === "control";
    const isIn = ((isControl ? bmRequestType : endpoint) & 0x80) !== 0;
    const place = isControl ? { control: [bmRequestType, bRequest, wValue, wIndex] as const } : { endpoint };
    const actual: ExpectedUsbStep = isIn ? { ...place, in: new Uint8Array(length) } : { ...place, out: data };
    const expected = this.#take(actual);
    if (expected.submitError !== undefined) throw usbError(expected.submitError);
    const answer =
      "in" in expected ? Uint8Array.from(expected.in) : new Uint8Array(sentBytes(expected, length));
    if (isIn && answer.length > length)
      this.#fail(`${show(expected)} is more than the ${length} bytes asked for`);
    return () => {
      if (expected.error !== undefined) throw usbError(expected.error);
      return isControl && !isIn ? new Uint8Array() : answer;
    };
  }

  #call(actual: ExpectedUsbStep): void {
    const { error } = this.#take(actual);
    if (error !== undefined) throw usbError(error);
  }

  #take(actual: ExpectedUsbStep): ExpectedUsbStep {
    const expected = this.#expected[this.#next];
    const where = `step ${this.#next}`;
    if (expected === undefined) return this.#fail(`${where} is one too many: ${show(actual)}`);
    if (!matches(expected, actual)) {
      this.#fail(`${where} is ${show(actual)}, but expected was ${show(expected)}`);
    }
    this.#next += 1;
    return expected;
  }

  #fail(message: string): never {
    this.#failure ??= new PlaybackError(message);
    throw this.#failure;
  }
}

const plainDescriptor: DeviceDescriptor = {
  length: 18,
  descriptorType: 1,
  usbVersionBcd: 0x0200,
  deviceClass: 0,
  deviceSubclass: 0,
  deviceProtocol: 0,
  maxPacketSize0: 64,
  vendorId: 0x1209,
  productId: 0x0001,
  deviceVersionBcd: 0x0100,
  manufacturerIndex: 0,
  productIndex: 0,
  serialNumberIndex: 0,
  numConfigurations: 1,
};

function configurationOf({ interfaces, totalLength = 9 }: PlaybackDevice): ConfigurationDescriptor {
  return {
    length: 9,
    descriptorType: 2,
    totalLength,
    configurationValue: 1,
    configurationIndex: 0,
    attributes: 0x80,
    maxPower: 50,
    interfaces: interfaces.map((each, index) => ({
      length: 9,
      descriptorType: 4,
      interfaceNumber: index,
      alternateSetting: 0,
      interfaceClass: 0xff,
      interfaceSubclass: 0,
      interfaceProtocol: 0,
      interfaceIndex: 0,
      ...each,
      endpoints: each.endpoints.map((endpoint) => ({
        length: 7,
        descriptorType: 5,
        maxPacketSize: 512,
        interval: 0,
        refresh: 0,
        synchAddress: 0,
        ...endpoint,
      })),
    })),
  };
}

/** What the host throws reaches a guest as an Error with a payload, in both engines. */
function usbError(payload: LibusbError): Error {
  return Object.assign(new Error(payload), { payload });
}

function sentBytes(expected: ExpectedUsbStep, length: number): number {
  return "sent" in expected && expected.sent !== undefined ? expected.sent : length;
}

/** Whether the driver did what was expected; how many bytes a read asks for counts only where the test says so. */
function matches(expected: ExpectedUsbStep, actual: ExpectedUsbStep): boolean {
  if (place(expected) !== place(actual)) return false;
  if ("out" in expected || "out" in actual) {
    return "out" in expected && "out" in actual && showBytes(expected.out) === showBytes(actual.out);
  }
  if ("in" in expected && "in" in actual) {
    return expected.length === undefined || expected.length === actual.in.length;
  }
  return !("in" in expected) && !("in" in actual);
}

function place(step: ExpectedUsbStep): string {
  if ("control" in step) return `control ${step.control.map((each) => hex(each)).join(" ")}`;
  if ("endpoint" in step) return `endpoint ${hex(step.endpoint)}`;
  if ("clearHalt" in step) return `clear halt of ${hex(step.clearHalt)}`;
  if ("setAlternateSetting" in step) return `alternate setting ${step.setAlternateSetting.join(" ")}`;
  return "reset";
}

/** "endpoint 0x01, out 01 02". */
function show(step: ExpectedUsbStep): string {
  if ("out" in step) return `${place(step)}, out ${showBytes(step.out)}`;
  if ("in" in step)
    return `${place(step)}, in ${"length" in step && step.length ? step.length : step.in.length}`;
  return place(step);
}

function showBytes(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
}
