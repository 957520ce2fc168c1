/**
 * The chip in MPSSE mode, whatever its pins are wired to: requests of the device, commands to the engine, and its answers.
 */

import { DriverError, hex, type UsbDevice, UsbFault } from "@busbar/guest";
import { isInSync, PACKET_BYTES, syncCommands, withoutStates } from "./mpsse.ts";

/** bInterfaceClass: the vendor's own. */
const VENDOR_CLASS = 0xff;

/** bcdDevice of an FT232H: what other chips of the maker have no command for (open drain) it has. */
const FT232H_VERSION = 0x0900;

/** Vendor requests, and the values of them: drivers/usb/serial/ftdi_sio.h of the Linux kernel. */
const Request = { RESET: 0, SET_LATENCY_TIMER: 9, SET_BIT_MODE: 11 } as const;
const RESET_ALL = 0;
const PURGE_RECEIVED = 1;
const PURGE_SENT = 2;
const RESET_MODE = 0x0000;
const MPSSE_MODE = 0x0200;

/** After how many milliseconds a packet is sent that has nothing but states. */
const latencyMs = 16;

/** How long a transfer may take; and how many packets without data may come before the answer, one each `latencyMs`. */
const answerMs = 1000;
const mostEmptyPackets = 64;

/** The engine of one FT232H. */
export class Engine {
  readonly #device: UsbDevice;
  readonly #port: number;
  readonly #in: number;
  readonly #out: number;

  /**
   * Resets the chip, and starts the engine.
   *
   * @throws DriverError `wrong-device` before anything is sent; `protocol` where nothing answers
   */
  constructor(device: UsbDevice) {
    this.#device = device;
    const vendor = device.findInterface({ class: VENDOR_CLASS });
    if (vendor === undefined || device.descriptor.deviceVersionBcd !== FT232H_VERSION) {
      throw DriverError.wrongDevice(
        `The USB device is no FT232H: its version is ${hex(device.descriptor.deviceVersionBcd)}, and not 0x0900; correct the entry.`,
      );
    }
    device.claim(vendor.interfaceNumber);
    this.#port = vendor.interfaceNumber + 1;
    this.#in = device.findEndpoint(vendor, "bulk", "in").endpointAddress;
    this.#out = device.findEndpoint(vendor, "bulk", "out").endpointAddress;
    this.#request(Request.RESET, RESET_ALL);
    this.#request(Request.SET_LATENCY_TIMER, latencyMs);
    this.#request(Request.SET_BIT_MODE, RESET_MODE);
    this.#request(Request.SET_BIT_MODE, MPSSE_MODE);
    this.#request(Request.RESET, PURGE_RECEIVED);
    this.#request(Request.RESET, PURGE_SENT);
    this.#synchronize();
  }

  /**
   * Sends commands, and gets all `count` bytes that they give back. They have to take less than a second.
   *
   * @param doing "reading 8 bytes from 0x76"
   * @throws DriverError
   */
  ask(commands: Uint8Array, count: number, doing: string): Uint8Array {
    this.#send(commands);
    const answer = new Uint8Array(count);
    let received = 0;
    for (let empty = 0; received < count && empty < mostEmptyPackets; ) {
      const bytes = this.#receive();
      if (bytes.length === 0) empty += 1;
      if (received + bytes.length > count) break;
      answer.set(bytes, received);
      received += bytes.length;
      if (received === count) return answer;
    }
    throw DriverError.protocol(
      `The FT232H gave other data than it was asked for while ${doing}; unplug it and plug it in again.`,
    );
  }

  /**
   * After something failed: `free` makes the bus free. What was asked for and not fetched, or came too often, is no answer to what
   * follows, and is dropped before. What goes wrong meanwhile says less than the first error, and is not told.
   */
  recover(error: unknown, free: () => void): void {
    if (error instanceof DriverError && error.payload.tag === "disconnected") return;
    try {
      // What is wrong on the bus was in an answer; what is wrong on USB may have left one.
      const isAnswered =
        error instanceof DriverError && error.payload.tag === "bus" && !(error instanceof UsbFault);
      if (!isAnswered) {
        this.#request(Request.RESET, PURGE_RECEIVED);
        this.#synchronize();
      }
      free();
    } catch (second) {
      if (!(second instanceof DriverError)) throw second;
    }
  }

  /** Makes inputs of all pins, and gives the device back. Closing twice is legal. */
  close(): void {
    try {
      this.#request(Request.SET_BIT_MODE, RESET_MODE);
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
    }
    this.#device.close();
  }

  /** AN_255: sends what is no command, and looks for the answer to it, whatever came before. */
  #synchronize(): void {
    this.#send(syncCommands);
    let received: Uint8Array = new Uint8Array();
    for (let packet = 0; packet < mostEmptyPackets; packet += 1) {
      received = Uint8Array.of(...received.slice(-1), ...this.#receive());
      if (isInSync(received)) return;
    }
    throw DriverError.protocol(
      "The engine of the FT232H does not answer as AN_108 says; unplug it and plug it in again.",
    );
  }

  #send(commands: Uint8Array): void {
    this.#device.submitOut(this.#out, commands, answerMs).wait();
  }

  #receive(): Uint8Array {
    return withoutStates(this.#device.submitIn(this.#in, PACKET_BYTES, answerMs).wait());
  }

  #request(request: number, value: number): void {
    this.#device.controlOut({ type: "vendor", recipient: "device", request, value, index: this.#port });
  }
}
