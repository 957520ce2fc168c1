import type { SystemFiles } from "../src/linux/system.ts";
import { DeviceLocks } from "../src/locks/device-locks.ts";
import type {
  NativeConfiguration,
  NativeDevice,
  NativeTransfer,
  TransferCallback,
  UsbModule,
} from "../src/usb/module.ts";
import type { UsbSystem } from "../src/usb/system.ts";

/** What libusb throws. */
export function libusbError(errno: number): Error {
  return Object.assign(new Error("LIBUSB_ERROR"), { errno });
}

/** A native transfer that ends when the test says so. */
export class FakeTransfer implements NativeTransfer {
  readonly device: NativeDevice;
  readonly endpoint: number;
  readonly type: number;
  readonly timeoutMs: number;
  buffer: Buffer = Buffer.alloc(0);
  cancelled = 0;
  /** Thrown by the next submit of any transfer. */
  static submitError: Error | undefined;
  /** Thrown by the next cancel of this one. */
  cancelError: Error | undefined;
  static readonly all: FakeTransfer[] = [];
  readonly #callback: TransferCallback;

  constructor(
    device: NativeDevice,
    endpoint: number,
    type: number,
    timeoutMs: number,
    callback: TransferCallback,
  ) {
    this.device = device;
    this.endpoint = endpoint;
    this.type = type;
    this.timeoutMs = timeoutMs;
    this.#callback = callback;
    FakeTransfer.all.push(this);
  }

  submit(buffer: Buffer): void {
    if (FakeTransfer.submitError !== undefined) throw FakeTransfer.submitError;
    this.buffer = buffer;
  }

  cancel(): boolean {
    this.cancelled += 1;
    if (this.cancelError !== undefined) throw this.cancelError;
    // libusb tells the end of a cancelled transfer later, from its own thread.
    queueMicrotask(() => this.end(3, 0));
    return true;
  }

  /** @param status 0 for success */
  end(status: number, actual: number): void {
    this.#callback(status === 0 ? undefined : { errno: status }, this.buffer, actual);
  }
}

/** A native device that remembers what was called, in order. */
export class FakeNativeDevice implements NativeDevice {
  readonly busNumber = 1;
  deviceAddress = 2;
  readonly portNumbers: number[] = [2, 3];
  readonly calls: string[] = [];
  /** What a function of this name throws, or gives its callback. */
  readonly errors: Record<string, number> = {};
  readonly deviceDescriptor = {
    bLength: 18,
    bDescriptorType: 1,
    bcdUSB: 0x0200,
    bDeviceClass: 0,
    bDeviceSubClass: 0,
    bDeviceProtocol: 0,
    bMaxPacketSize0: 64,
    idVendor: 0x1209,
    idProduct: 0x0001,
    bcdDevice: 0x0100,
    iManufacturer: 1,
    iProduct: 2,
    iSerialNumber: 3,
    bNumConfigurations: 1,
  };

  __open = (): void => this.#log("open");
  __close = (): void => this.#log("close");
  __getConfigDescriptor = (): NativeConfiguration => {
    this.#fail("getConfig");
    return configuration;
  };
  __getAllConfigDescriptors = (): NativeConfiguration[] => {
    this.#fail("getConfigs");
    return [configuration];
  };
  __setConfiguration = (value: number, done: Done): void => this.#later(`configuration ${value}`, done);
  __clearHalt = (endpoint: number, done: Done): void => this.#later(`clearHalt ${endpoint}`, done);
  __setInterface = (number: number, setting: number, done: Done): void =>
    this.#later(`setInterface ${number} ${setting}`, done);
  __claimInterface = (number: number): void => this.#log(`claim ${number}`);
  __releaseInterface = (number: number, done: Done): void => this.#later(`release ${number}`, done);
  __detachKernelDriver = (number: number): void => this.#log(`detach ${number}`);
  __attachKernelDriver = (number: number): void => this.#log(`attach ${number}`);
  __isKernelDriverActive = (number: number): boolean => {
    this.#log(`active ${number}`);
    return true;
  };
  reset = (done: Done): void => this.#later("reset", done);

  #fail(name: string): void {
    const errno = this.errors[name];
    if (errno !== undefined) throw libusbError(errno);
  }

  #log(call: string): void {
    this.calls.push(call);
    this.#fail(call.split(" ")[0]!);
  }

  #later(call: string, done: Done): void {
    this.calls.push(call);
    const errno = this.errors[call.split(" ")[0]!];
    queueMicrotask(() => done(errno === undefined ? undefined : (libusbError(errno) as never)));
  }
}

type Done = (error?: { errno: number }) => void;

const configuration: NativeConfiguration = {
  bLength: 9,
  bDescriptorType: 2,
  wTotalLength: 32,
  bConfigurationValue: 1,
  iConfiguration: 0,
  bmAttributes: 0x80,
  bMaxPower: 50,
  interfaces: [
    [
      {
        bLength: 9,
        bDescriptorType: 4,
        bInterfaceNumber: 0,
        bAlternateSetting: 0,
        bInterfaceClass: 0xff,
        bInterfaceSubClass: 1,
        bInterfaceProtocol: 2,
        iInterface: 4,
        extra: Uint8Array.of(4, 0x41, 7, 8),
        endpoints: [
          {
            bLength: 7,
            bDescriptorType: 5,
            bEndpointAddress: 0x81,
            bmAttributes: 2,
            wMaxPacketSize: 512,
            bInterval: 0,
            bRefresh: 0,
            bSynchAddress: 0,
            extra: new Uint8Array(),
          },
        ],
      },
    ],
  ],
};

/** The package usb, with whatever is plugged in. */
export class FakeUsbModule implements UsbModule {
  INIT_ERROR = 0;
  readonly Transfer = FakeTransfer;
  devices: NativeDevice[] = [];
  readonly #listeners = { attach: new Set<Listener>(), detach: new Set<Listener>() };

  getDeviceList(): readonly NativeDevice[] {
    return this.devices;
  }

  on(event: "attach" | "detach", listener: Listener): void {
    this.#listeners[event].add(listener);
  }

  off(event: "attach" | "detach", listener: Listener): void {
    this.#listeners[event].delete(listener);
  }

  emit(event: "attach" | "detach", device: NativeDevice): void {
    for (const listener of this.#listeners[event]) listener(device);
  }

  get listeners(): number {
    return this.#listeners.attach.size + this.#listeners.detach.size;
  }
}

type Listener = (device: NativeDevice) => void;

/** A machine with this tree of text files and links; what is not in it is not there. */
export class FakeUsbSystem implements UsbSystem {
  platform = "linux";
  readonly module = new FakeUsbModule();
  readonly tree: Record<string, string> = {
    "/dev/bus/usb": "",
    "/dev/bus/usb/001/002": "usable",
    "/run/udev/control": "",
    "/sys/bus/usb/devices/1-2.3/speed": "480\n",
    "/sys/bus/usb/devices/1-2.3/manufacturer": "Busbar\n",
    "/sys/bus/usb/devices/1-2.3/product": "echo\n",
    "/sys/bus/usb/devices/1-2.3/serial": "55736\n",
  };
  readonly bytes: Record<string, Uint8Array> = {};
  loadError: Error | undefined;

  readonly files: SystemFiles = {
    list: (path) => {
      const inside = Object.keys({ ...this.tree, ...this.bytes }).filter((each) =>
        each.startsWith(`${path}/`),
      );
      return inside.map((each) => each.slice(path.length + 1).split("/")[0]!);
    },
    read: (path) => this.tree[path],
    link: (path) => this.tree[path],
    status: (path) => (this.tree[path] === undefined ? undefined : { mode: 0o664, group: 0, inode: 1 }),
    usable: (path) => this.tree[path] === "usable",
  };

  readBytes(path: string): Uint8Array | undefined {
    return this.bytes[path];
  }

  /** Of a machine of its own: nobody else is there. */
  deviceLocks = new DeviceLocks(undefined);

  locks(): DeviceLocks {
    return this.deviceLocks;
  }

  usb(): UsbModule {
    if (this.loadError !== undefined) throw this.loadError;
    return this.module;
  }
}
