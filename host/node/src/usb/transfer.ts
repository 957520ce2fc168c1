import {
  UsbError,
  type UsbSetup,
  type UsbTransfer,
  type UsbTransferRequest,
  type UsbTransferResult,
} from "@busbar/host/backend";
import { Timer } from "../timer.ts";
import { callError, errnoOf, transferError } from "./errors.ts";
import type { NativeDevice, NativeTransfer, UsbModule } from "./module.ts";

/** `enum libusb_transfer_type`. */
const TYPES = { control: 0, bulk: 2, interrupt: 3 } as const;

/** LIBUSB_CONTROL_SETUP_SIZE: the setup packet comes first in a control transfer's buffer. */
const SETUP_BYTES = 8;
const DIRECTION_IN = 0x80;
/** LIBUSB_TRANSFER_CANCELLED */
const CANCELLED = 3;
const NOTHING = new Uint8Array();

/** A transfer that libusb has. */
export class LibusbTransfer implements UsbTransfer {
  readonly done: Promise<UsbTransferResult>;
  readonly #doing: string;
  readonly #resolve: (result: UsbTransferResult) => void;
  readonly #reject: (error: UsbError) => void;
  readonly #isIn: boolean;
  readonly #dataOffset: number;
  readonly #timeoutMs: number;
  /**
   * Dropped when the transfer ends: the native transfer holds its callback for ever, which holds this object, and the
   * three would never be freed.
   */
  #native: NativeTransfer | undefined;
  #timer: Timer | undefined;
  #timedOut = false;

  /**
   * Starts a transfer.
   *
   * @throws UsbError
   */
  constructor(module: UsbModule, device: NativeDevice, request: UsbTransferRequest) {
    const { type, endpoint, setup, length, timeoutMs } = request;
    this.#isIn = ((setup?.bmRequestType ?? endpoint) & DIRECTION_IN) !== 0;
    this.#dataOffset = setup === undefined ? 0 : SETUP_BYTES;
    this.#timeoutMs = timeoutMs;
    this.#doing = `${type} transfer on endpoint 0x${endpoint.toString(16).padStart(2, "0")}`;
    const { promise, resolve, reject } = Promise.withResolvers<UsbTransferResult>();
    this.done = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    // The package's own timeouts can fire a minute late, so it gets none.
    const native = new module.Transfer(device, endpoint, TYPES[type], 0, (error, buffer, actual) =>
      this.#ended(error?.errno, buffer, actual),
    );
    try {
      native.submit(setup === undefined ? plainBuffer(request) : controlBuffer(setup, request.data, length));
    } catch (thrown) {
      throw callError(thrown, this.#doing);
    }
    this.#native = native;
    if (timeoutMs > 0) {
      this.#timer = new Timer(timeoutMs, () => {
        this.#timedOut = true;
        this.cancel();
      });
    }
  }

  cancel(): void {
    try {
      this.#native?.cancel();
    } catch (thrown) {
      // Of a device that is gone, libusb ends every transfer by itself. This may run in a timer: nobody would catch it.
      if (errnoOf(thrown) === undefined) throw thrown;
    }
  }

  #ended(status: number | undefined, buffer: Buffer, actual: number): void {
    this.#native = undefined;
    this.#timer?.[Symbol.dispose]();
    // What a cancelled read has brought all the same: the kernel was faster, and the device does not send it again.
    const isCutShort = status === CANCELLED && this.#isIn && this.#dataOffset === 0 && actual > 0;
    if (status !== undefined && status !== 0 && !isCutShort) {
      this.#reject(
        this.#timedOut && status === CANCELLED
          ? new UsbError("timeout", `${this.#doing}: nothing within ${this.#timeoutMs} ms`)
          : transferError(status, this.#doing),
      );
      return;
    }
    const data = this.#isIn
      ? new Uint8Array(buffer.buffer, buffer.byteOffset + this.#dataOffset, actual)
      : NOTHING;
    this.#resolve({ data, actualLength: actual });
  }
}

/** Not zeroed: only what the device filled is given on. */
function plainBuffer({ data, length, endpoint }: UsbTransferRequest): Buffer {
  if ((endpoint & DIRECTION_IN) !== 0) return Buffer.allocUnsafeSlow(length);
  return Buffer.from(data.buffer, data.byteOffset, data.length);
}

/** USB 2.0 table 9-2, little-endian. */
function controlBuffer(setup: UsbSetup, data: Uint8Array, length: number): Buffer {
  const buffer = Buffer.allocUnsafeSlow(SETUP_BYTES + Math.max(data.length, length));
  buffer.writeUInt8(setup.bmRequestType, 0);
  buffer.writeUInt8(setup.bRequest, 1);
  buffer.writeUInt16LE(setup.wValue, 2);
  buffer.writeUInt16LE(setup.wIndex, 4);
  buffer.writeUInt16LE(setup.wLength, 6);
  buffer.set(data, SETUP_BYTES);
  return buffer;
}
