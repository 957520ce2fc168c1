/**
 * FTDI FT232H: an I2C controller over USB, by its Multi-Protocol Synchronous Serial Engine.
 *
 * Data sheet: "FT232H Single Channel Hi-Speed USB to Multipurpose UART/FIFO IC", version 2.0; and the application notes that mpsse.ts
 * names.
 */

import {
  completeOptions,
  DriverError,
  hex,
  type I2cControllerDriver,
  type I2cOperation,
  integer,
  type OptionsOf,
  type Time,
  type UsbDevice,
} from "@busbar/guest";
import {
  BATCH_BYTES,
  firstNotAcknowledged,
  I2cCommands,
  isInSync,
  LINES,
  PACKET_BYTES,
  SDA_IN,
  setUpCommands,
  syncCommands,
  withoutStates,
} from "./mpsse.ts";

/** The options, their defaults, and the settings of a board file. */
export const ft232hOptions = {
  /** The clock of the bus in kHz, at most. */
  clockKhz: integer({ minimum: 10, maximum: 1000 }, 100),
};

/** What can be set; see `ft232hOptions`. */
export type FT232HOptions = OptionsOf<typeof ft232hOptions>;

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

/** The driver of one FT232H. */
export class FT232H implements I2cControllerDriver {
  readonly info = { vendor: "FTDI", model: "FT232H" };
  readonly i2cBuses = 1;

  readonly #device: UsbDevice;
  readonly #commands: I2cCommands;
  readonly #port: number;
  readonly #in: number;
  readonly #out: number;

  /**
   * Makes an I2C controller of the chip, and looks whether both lines are high.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device`, `protocol` and `bus` from the chip
   */
  constructor(device: UsbDevice, _time: Time, given: Partial<FT232HOptions> = {}) {
    const { clockKhz } = completeOptions(ft232hOptions, given);
    this.#device = device;
    this.#commands = new I2cCommands(clockKhz);
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
    this.#checkLines(this.#ask(setUpCommands(clockKhz), 1, "setting up the chip"), "looking at the bus");
  }

  i2cTransaction(_bus: number, address: number, operations: readonly I2cOperation[]): Uint8Array[] {
    const results: Uint8Array[] = [];
    try {
      for (const operation of operations) {
        if ("read" in operation) results.push(this.#read(address, operation.read));
        else this.#write(address, operation.write);
      }
    } catch (error) {
      this.#free(error);
      throw error;
    }
    this.#stop();
    return results;
  }

  close(): void {
    try {
      // All pins are inputs then.
      this.#request(Request.SET_BIT_MODE, RESET_MODE);
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
    }
    this.#device.close();
  }

  #write(address: number, data: Uint8Array): void {
    const doing = `writing ${data.length} bytes to ${hex(address)}`;
    this.#start(address, false, doing);
    for (let sent = 0; sent < data.length; sent += BATCH_BYTES) {
      const bytes = data.subarray(sent, sent + BATCH_BYTES);
      // The engine goes on after a byte that is not acknowledged, to the end of the batch: whoever refuses a byte ignores those.
      const answer = this.#ask(this.#commands.write(bytes), bytes.length, doing);
      if (firstNotAcknowledged(answer) !== -1) throw DriverError.bus("no-acknowledge-data", doing);
    }
  }

  #read(address: number, length: number): Uint8Array {
    const doing = `reading ${length} bytes from ${hex(address)}`;
    this.#start(address, true, doing);
    const data = new Uint8Array(length);
    for (let count = 0; count < length; ) {
      const next = Math.min(BATCH_BYTES, length - count);
      data.set(this.#ask(this.#commands.read(next, count + next === length), next, doing), count);
      count += next;
    }
    return data;
  }

  #start(address: number, isRead: boolean, doing: string): void {
    const answer = this.#ask(this.#commands.start(address, isRead), 1, doing);
    if (firstNotAcknowledged(answer) !== -1) throw DriverError.bus("no-acknowledge-address", doing);
  }

  #stop(): void {
    this.#checkLines(this.#ask(this.#commands.stop(), 1, "ending the transaction"), "ending the transaction");
  }

  /** That nobody holds a line of a bus that is free. */
  #checkLines(levels: Uint8Array, doing: string): void {
    const low = LINES & ~levels[0]!;
    if (low === 0) return;
    const line = (low & SDA_IN) !== 0 ? "SDA (AD1 and AD2, wired together)" : "SCL (AD0)";
    throw DriverError.bus("bus", `${doing}, where ${line} is low`);
  }

  /** After a transaction that failed: the next one finds the bus free. */
  #free(error: unknown): void {
    if (error instanceof DriverError && error.payload.tag === "disconnected") return;
    try {
      // What was asked for and not fetched, or came too often, is no answer to what follows.
      if (!(error instanceof DriverError) || error.payload.tag !== "bus") {
        this.#request(Request.RESET, PURGE_RECEIVED);
        this.#synchronize();
      }
      this.#stop();
    } catch (second) {
      // The first error says more.
      if (!(second instanceof DriverError)) throw second;
    }
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

  /** Sends commands, and gets all `count` bytes that they give back. */
  #ask(commands: Uint8Array, count: number, doing: string): Uint8Array {
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
