import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import type { BoardFile } from "../src/board/schema.ts";
import type {
  UsbBackend,
  UsbDevice,
  UsbHandle,
  UsbHotplugEvent,
  UsbLocation,
  UsbTransfer,
  UsbTransferRequest,
  UsbTransferResult,
} from "../src/bus/usb/backend.ts";
import { parseConfigurationDescriptor, parseDeviceDescriptor } from "../src/bus/usb/descriptors.ts";
import { type LibusbErrorCode, UsbError } from "../src/bus/usb/error.ts";
import type { LoadedComponent } from "../src/component/artifact.ts";
import type { BoardEvent } from "../src/trace/trace.ts";
import { componentBytes } from "./component-bytes.ts";
import { fakeComponent } from "./fake-component.ts";
import { FakeClock } from "./fakes.ts";

/** A transfer that ends when the test says so. */
export class FakeTransfer implements UsbTransfer {
  readonly request: UsbTransferRequest;
  readonly done: Promise<UsbTransferResult>;
  cancelled = false;
  readonly #resolve: (result: UsbTransferResult) => void;
  readonly #reject: (error: UsbError) => void;

  constructor(request: UsbTransferRequest) {
    this.request = request;
    const { promise, resolve, reject } = Promise.withResolvers<UsbTransferResult>();
    this.done = promise;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  succeed(data: Uint8Array = new Uint8Array()): void {
    this.#resolve({ data, actualLength: data.length || this.request.data.length });
  }

  fail(code: LibusbErrorCode): void {
    this.#reject(new UsbError(code, "injected"));
  }

  cancel(): void {
    this.cancelled = true;
    this.fail("interrupted");
  }
}

/** What to plug in: interface numbers with their class and endpoints. */
export interface FakeDeviceOptions {
  readonly vendorId?: number;
  readonly port?: string;
  readonly serialNumber?: string;
  readonly interfaces?: readonly { readonly class: number; readonly endpoints: readonly number[] }[];
  readonly kernelInterfaces?: readonly number[];
  readonly reportDescriptor?: Uint8Array | LibusbErrorCode;
  /** The interfaces of a second configuration. */
  readonly second?: FakeDeviceOptions["interfaces"];
}

/** A device that remembers what was done with it, in order. */
export class FakeUsbDevice implements UsbDevice {
  readonly descriptor;
  readonly configurations;
  readonly location: UsbLocation;
  readonly manufacturer = "Test";
  readonly product = "Fake";
  readonly serialNumber: string | undefined;
  readonly calls: string[] = [];
  readonly transfers: FakeTransfer[] = [];
  readonly kernel: Set<number>;
  opened = 0;
  /** Answers every transfer at once, where it is set. */
  answer: ((transfer: FakeTransfer) => void) | undefined;
  openError: Error | undefined;
  active = 1;
  report: Uint8Array | LibusbErrorCode;

  constructor(options: FakeDeviceOptions = {}) {
    const {
      vendorId = 0x1209,
      port = "1-1",
      interfaces = [{ class: 0xff, endpoints: [0x81, 0x01] }],
    } = options;
    const id = [vendorId & 0xff, vendorId >> 8];
    this.descriptor = parseDeviceDescriptor(
      Uint8Array.of(18, 1, 0, 2, 0, 0, 0, 64, ...id, 1, 0, 0, 1, 1, 2, 3, 1),
    )!;
    this.configurations = [interfaces, ...(options.second === undefined ? [] : [options.second])].map(
      (each, index) => configuration(index + 1, each),
    );
    this.location = { busNumber: 1, deviceAddress: 5, portNumber: 1, speed: "high", port };
    this.serialNumber = options.serialNumber;
    this.kernel = new Set(options.kernelInterfaces);
    this.report = options.reportDescriptor ?? new Uint8Array();
  }

  activeConfiguration(): number {
    return this.active;
  }

  async reportDescriptor(): Promise<Uint8Array> {
    if (typeof this.report === "string") throw new UsbError(this.report, "injected");
    return this.report;
  }

  open(): UsbHandle {
    if (this.openError !== undefined) throw this.openError;
    this.opened += 1;
    const log = (call: string) => void this.calls.push(call);
    let closed = false;
    return {
      setConfiguration: async (value) => {
        this.active = value ?? 0;
        log(`configuration ${value}`);
      },
      claimInterface: (number) => {
        if (this.kernel.has(number)) throw new UsbError("busy", "the kernel has it");
        log(`claim ${number}`);
      },
      releaseInterface: async (number) => log(`release ${number}`),
      setAlternateSetting: async (number, setting) => log(`setting ${number} ${setting}`),
      clearHalt: async (endpoint) => log(`clear halt ${endpoint}`),
      reset: async () => log("reset"),
      kernelDriverActive: (number) => this.kernel.has(number),
      detachKernelDriver: (number) => {
        this.kernel.delete(number);
        log(`detach ${number}`);
      },
      attachKernelDriver: (number) => {
        this.kernel.add(number);
        log(`attach ${number}`);
      },
      submit: (request) => {
        const transfer = new FakeTransfer(request);
        this.transfers.push(transfer);
        this.answer?.(transfer);
        return transfer;
      },
      close: async () => {
        if (!closed) this.opened -= 1;
        closed = true;
      },
    };
  }
}

function configuration(value: number, interfaces: NonNullable<FakeDeviceOptions["interfaces"]>) {
  const body = interfaces.flatMap((each, number) => [
    ...[9, 4, number, 0, each.endpoints.length, each.class, 0, 0, 0],
    ...each.endpoints.flatMap((endpoint) => [7, 5, endpoint, 2, 0, 2, 0]),
  ]);
  const total = 9 + body.length;
  return parseConfigurationDescriptor(
    Uint8Array.of(9, 2, total & 0xff, total >> 8, interfaces.length, value, 0, 0x80, 50, ...body),
  );
}

/** USB with whatever is plugged in. */
export class FakeUsb implements UsbBackend {
  readonly name = "fake";
  readonly plugged = new Set<UsbDevice>();
  asked = 0;
  readonly #listeners = new Set<(event: UsbHotplugEvent) => void>();

  async devices(): Promise<readonly UsbDevice[]> {
    this.asked += 1;
    return [...this.plugged];
  }

  watch(listener: (event: UsbHotplugEvent) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  get watchers(): number {
    return this.#listeners.size;
  }

  plug(device: UsbDevice): void {
    this.plugged.add(device);
    for (const listener of this.#listeners) listener({ event: "arrived", device });
  }

  unplug(device: FakeUsbDevice): void {
    this.plugged.delete(device);
    for (const transfer of device.transfers) transfer.fail("no-device");
    for (const listener of this.#listeners) listener({ event: "left", device });
  }
}

/** component:usb's resources, as a guest sees them. */
export interface GuestHandle extends Disposable {
  getConfiguration(): number;
  setConfiguration(config: object): Promise<void>;
  claimInterface(ifac: number): void;
  releaseInterface(ifac: number): Promise<void>;
  setInterfaceAltsetting(ifac: number, altSetting: number): Promise<void>;
  clearHalt(endpoint: number): Promise<void>;
  resetDevice(): Promise<void>;
  allocStreams(count: number, endpoints: Uint8Array): void;
  freeStreams(endpoints: Uint8Array): void;
  kernelDriverActive(ifac: number): boolean;
  detachKernelDriver(ifac: number): void;
  newTransfer(type: string, setup: object, length: number, options: object): GuestTransfer;
  close(): Promise<void>;
}

export interface GuestTransfer extends Disposable {
  submitTransfer(data: Uint8Array): void;
  cancelTransfer(): void;
}

interface GuestDevice {
  open(): GuestHandle;
  getConfigurationDescriptor(index: number): { configurationValue: number };
  getConfigurationDescriptorByValue(value: number): { configurationValue: number };
  getActiveConfigurationDescriptor(): { configurationValue: number };
}

/** The imports of a USB driver, as a component gets them. */
export interface UsbImports {
  "component:usb/device": { init(): void; listDevices(): [GuestDevice, object, object][] };
  "component:usb/transfers": { awaitTransfer(transfer: GuestTransfer): Promise<Uint8Array> };
  "component:usb/usb-hotplug": {
    enableHotplug(): void;
    pollEvents(): [{ arrived: boolean; left: boolean }, object, object][];
  };
  "busbar:board/time": { nowMs(): number; waitMs(ms: number): Promise<void> };
}

/** A USB guest written as plain JavaScript: `run` is what a round trip does. */
export type UsbGuest = (imports: UsbImports) => (data: Uint8Array) => Promise<Uint8Array>;

const imports = [
  "busbar:board/time@0.1.0",
  "component:usb/device@0.2.1",
  "component:usb/transfers@0.2.1",
  "component:usb/usb-hotplug@0.2.1",
  "component:usb/errors@0.2.1",
];

/** A driver component that is `guest`. */
export function usbArtifact(guest: UsbGuest): LoadedComponent {
  const instantiate = (given: Record<string, unknown>) => {
    const open = async () => {
      const roundTrip = guest(given as unknown as UsbImports);
      return {
        info: async () => ({ vendor: "", product: "", serialNumber: "", pipes: ["bulk"] }),
        roundTrip: (_pipe: string, data: Uint8Array) => roundTrip(data),
        close: async () => undefined,
      };
    };
    return { "busbar:device/usb-echo@0.1.0": { open } };
  };
  const bytes = componentBytes(imports, ["busbar:device/usb-echo@0.1.0"]);
  return fakeComponent("./usb.wasm", bytes, instantiate);
}

/** A board with USB fakes all around, and everything it told. */
export async function usbBoard(devices: BoardFile["devices"], guest: UsbGuest) {
  const clock = new FakeClock();
  const usb = new FakeUsb();
  const events: BoardEvent[] = [];
  const board = await OpenBoard.open(parseBoard({ devices }), {
    clock,
    i2c: [],
    usb: [usb],
    loadComponent: async () => usbArtifact(guest),
  });
  board.listen((event) => events.push(event));
  return { board, usb, clock, events };
}

/** Options of a transfer on an endpoint. */
export function on(endpoint: number, timeoutMs = 0) {
  return { endpoint, timeoutMs, streamId: 0, isoPackets: 0 };
}

export const noSetup = { bmRequestType: 0, bRequest: 0, wValue: 0, wIndex: 0 };
