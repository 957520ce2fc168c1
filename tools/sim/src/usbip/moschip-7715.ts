/**
 * MosChip's MCS7715, a parallel and a serial port on USB, as drivers/usb/serial/mos7720.c of the Linux kernel speaks to it: registers
 * are written by vendor control requests, and the parallel port's status comes in interrupt packets. The serial port says nothing.
 */
import {
  bulkEndpoint,
  deviceDescriptors,
  encodeConfiguration,
  encodeInterfaceDescriptor,
  interruptEndpoint,
  stall,
  type TransferSignal,
  type UsbDescriptors,
  type UsbDevice,
  type UsbSetup,
} from "@busbar/model";

const VENDOR_ID = 0x9710;
const PRODUCT_ID = 0x7715;

/** bRequest. wValue has the register's group in its high byte, and what is written in its low byte; wIndex is the register. */
const READ_REGISTER = 0x0d;
const WRITE_REGISTER = 0x0e;

/** The group of the parallel port's registers, and the two that drive pins: data and control. */
const PARALLEL_PORT = 0x01;
const DATA_REGISTER = 0x00;
const CONTROL_REGISTER = 0x02;

const STATUS_ENDPOINT = 0x85;

const NOTHING = new Uint8Array();

/** What hangs on a parallel port. */
export interface ParallelPins {
  /**
   * The pins that the port drives have changed.
   *
   * @param data the data register: pins 2 to 9
   * @param control the control register: bit 3 is pin 17, and so on, as the register has them
   * @returns the status register: bit 7 is pin 11, inverted, and so on, as the register has them
   */
  changed(data: number, control: number): number;
}

/** A parallel port on USB, with something on its pins. */
export class MosChip7715 implements UsbDevice {
  readonly speed = "full";
  readonly descriptors: UsbDescriptors;
  readonly #pins: ParallelPins;
  #data = 0;
  #control = 0;
  #status: number | undefined;
  /** The host's request for the status, where there is one. */
  #asked: ((status: number) => void) | undefined;
  /** Called when the host asks for the status. */
  #onAsked: (() => void) | undefined;
  /** Whether the host asks for the status at all, and will ask again when it got one. */
  #isAsking = false;

  /** @param serialNumber tells ports apart */
  constructor(pins: ParallelPins, serialNumber: string) {
    this.#pins = pins;
    const identity = {
      ...{ idVendor: VENDOR_ID, idProduct: PRODUCT_ID, bDeviceClass: 0xff },
      ...{ manufacturer: "Busbar", product: "MosChip 7715", serialNumber },
    };
    this.descriptors = deviceDescriptors(
      identity,
      encodeConfiguration(
        { bNumInterfaces: 1, bConfigurationValue: 1, iConfiguration: 0, bmAttributes: 0x80, bMaxPower: 50 },
        [
          encodeInterfaceDescriptor({
            ...{ bInterfaceNumber: 0, bAlternateSetting: 0, bNumEndpoints: 5 },
            ...{ bInterfaceClass: 0xff, bInterfaceSubClass: 0, bInterfaceProtocol: 0xff, iInterface: 0 },
          }),
          // The first pair is the parallel port's FIFO, the second the serial port.
          ...[0x81, 0x02, 0x83, 0x04].map((endpoint) => bulkEndpoint(endpoint, 64)),
          interruptEndpoint(STATUS_ENDPOINT, 4, 5),
        ],
      ),
    );
  }

  /** Registers. Where a write changes the status, that arrives first: the kernel reads it from the last packet. */
  async control(setup: UsbSetup, _data: Uint8Array, signal: TransferSignal): Promise<Uint8Array> {
    if (setup.bRequest === READ_REGISTER) return Uint8Array.of(0);
    if (setup.bRequest !== WRITE_REGISTER) throw stall(`There is no request ${setup.bRequest}.`);
    const [group, value] = [setup.wValue >> 8, setup.wValue & 0xff];
    if (group === PARALLEL_PORT && setup.wIndex === DATA_REGISTER) this.#data = value;
    else if (group === PARALLEL_PORT && setup.wIndex === CONTROL_REGISTER) this.#control = value;
    else return NOTHING;
    const status = this.#pins.changed(this.#data, this.#control);
    if (status === this.#status) return NOTHING;
    this.#status = status;
    if (this.#isAsking) await this.#tell(status, signal);
    return NOTHING;
  }

  transferIn(endpoint: number, _length: number, signal: TransferSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      if (endpoint !== STATUS_ENDPOINT) return;
      this.#isAsking = true;
      // No interrupt of the serial port, nothing, the status, an empty FIFO.
      this.#asked = (status) => resolve(Uint8Array.of(0x01, 0, status, 0));
      signal.addEventListener("abort", () => this.#forget(), { once: true });
      this.#onAsked?.();
    });
  }

  transferOut(_endpoint: number, data: Uint8Array): Promise<number> {
    return Promise.resolve(data.length);
  }

  detached(): void {
    this.#forget();
  }

  async #tell(status: number, signal: TransferSignal): Promise<void> {
    if (this.#asked === undefined) {
      await new Promise<void>((resolve, reject) => {
        this.#onAsked = resolve;
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
      this.#onAsked = undefined;
    }
    this.#asked?.(status);
    this.#asked = undefined;
    // On its way before the answer to the write is.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }

  #forget(): void {
    this.#asked = undefined;
    this.#isAsking = false;
  }
}
