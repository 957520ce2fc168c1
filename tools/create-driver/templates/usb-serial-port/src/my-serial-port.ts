/** MySerialPort: a serial port on USB. FILL IN: maker, part, and the data sheet's title and revision. */

import {
  type ControlSignals,
  completeOptions,
  DriverError,
  type EndpointDescriptor,
  type InterfaceDescriptor,
  integer,
  type LineSettings,
  type LineState,
  type OptionsOf,
  oneOf,
  type SerialPortDriver,
  type SerialPortInfo,
  type StopBits,
  type Time,
  type UsbDevice,
  UsbFault,
} from "@busbar/guest";
import { decodeState, encodeLine, getState, setBreak, setLine, setSignals } from "./requests.ts";

/** The options, their defaults, and the settings of a board file: `baudRate` is "baud-rate" there. */
export const mySerialPortOptions = {
  /** Bits per second when the port is opened. */
  baudRate: integer({ minimum: 300, maximum: 3_000_000 }, 115_200),
  dataBits: oneOf([7, 8], 8),
  parity: oneOf(["none", "odd", "even"], "none"),
  stopBits: oneOf([1, 2], 1),
  /** How long the device may take nothing of what is written, in milliseconds. */
  writeTimeoutMs: integer({ minimum: 1, maximum: 3_600_000 }, 5000),
};

/** What can be set; see `mySerialPortOptions`. */
export type MySerialPortOptions = OptionsOf<typeof mySerialPortOptions>;

const stopBitNames: Readonly<Record<MySerialPortOptions["stopBits"], StopBits>> = {
  1: "one",
  2: "two",
};

/** The class of interfaces that a maker defines: usb.org, "Defined Class Codes". */
const VENDOR_SPECIFIC = 0xff;

/** The driver of one port. Every method throws DriverError. */
export class MySerialPort implements SerialPortDriver {
  readonly info: SerialPortInfo;

  readonly #device: UsbDevice;
  readonly #time: Time;
  readonly #interface: InterfaceDescriptor;
  readonly #input: EndpointDescriptor;
  readonly #output: EndpointDescriptor;
  readonly #writeTimeoutMs: number;
  #settings: LineSettings;
  /** What came and was not read yet: less than a packet. */
  #received = new Uint8Array();
  #closed = false;

  /**
   * Claims the part's interface, sets the line and raises both control signals. The device stays the caller's to close
   * when this throws.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device` for a device without such an
   *   interface; and all that UsbDevice throws
   */
  constructor(device: UsbDevice, time: Time, options: Partial<MySerialPortOptions> = {}) {
    const complete = completeOptions(mySerialPortOptions, options);
    this.#settings = { ...complete, stopBits: stopBitNames[complete.stopBits] };
    this.#writeTimeoutMs = complete.writeTimeoutMs;
    this.#device = device;
    this.#time = time;
    const found = device.findInterface({ class: VENDOR_SPECIFIC });
    if (found === undefined) {
      throw DriverError.wrongDevice(
        "The device has no interface of class 0xFF; correct the driver in the board file.",
      );
    }
    this.#interface = found;
    this.#input = device.findEndpoint(found, "bulk", "in");
    this.#output = device.findEndpoint(found, "bulk", "out");
    device.claim(found.interfaceNumber);
    const { vendorId, productId, ...strings } = device.descriptor;
    this.info = {
      vendorId,
      productId,
      vendor: device.readString(strings.manufacturerIndex),
      product: device.readString(strings.productIndex),
      serialNumber: device.readString(strings.serialNumberIndex),
    };
    this.setLineSettings(this.#settings);
    this.setControlSignals({ dataTerminalReady: true, requestToSend: true });
  }

  /** As they were set last: the part does not tell. */
  getLineSettings(): LineSettings {
    this.#requireOpen();
    const { baudRate, dataBits, parity, stopBits } = this.#settings;
    return { baudRate, dataBits, parity, stopBits };
  }

  /** Writes have reached the device when they return, so they are sent with the settings of before. */
  setLineSettings(settings: LineSettings): void {
    this.#requireOpen();
    this.#device.controlOut(setLine(this.#interface.interfaceNumber), encodeLine(settings));
    this.#settings = settings;
  }

  /**
   * One packet at a time: while nobody reads, the device keeps what it has. FILL IN: a part with a small buffer needs
   * several transfers under way; see @busbar/cdc-acm.
   */
  read(max: number, timeoutMs: number): Uint8Array {
    this.#requireOpen();
    if (max === 0) return new Uint8Array();
    if (this.#received.length === 0) this.#received = this.#receive(timeoutMs);
    const taken = this.#received.slice(0, max);
    this.#received = this.#received.slice(taken.length);
    return taken;
  }

  write(data: Uint8Array): void {
    this.#requireOpen();
    if (data.length === 0) return;
    const sent = this.#device.submitOut(this.#output.endpointAddress, data, this.#writeTimeoutMs).wait();
    if (sent.length === data.length) return;
    throw DriverError.protocol(`The device took ${sent.length} of ${data.length} bytes; open it again.`);
  }

  /** Nothing is under way: a write waits until the device has all of it. */
  drain(): void {
    this.#requireOpen();
  }

  setControlSignals({ dataTerminalReady, requestToSend }: ControlSignals): void {
    this.#requireOpen();
    const bits = (dataTerminalReady ? 0b01 : 0) | (requestToSend ? 0b10 : 0);
    this.#device.controlOut(setSignals(this.#interface.interfaceNumber, bits));
  }

  getLineState(): LineState {
    this.#requireOpen();
    return decodeState(this.#device.controlIn(getState(this.#interface.interfaceNumber), 1));
  }

  sendBreak(durationMs: number): void {
    this.#requireOpen();
    const { interfaceNumber } = this.#interface;
    this.#device.controlOut(setBreak(interfaceNumber, 1));
    try {
      this.#time.waitMs(durationMs);
    } finally {
      this.#device.controlOut(setBreak(interfaceNumber, 0));
    }
  }

  /** Lowers the control signals and gives everything back, also where that fails. Closing twice is legal. */
  close(): void {
    if (this.#closed) return;
    try {
      this.setControlSignals({ dataTerminalReady: false, requestToSend: false });
    } catch (error) {
      // All that was written has been sent; a device that is gone has no signals.
      if (!(error instanceof DriverError)) throw error;
    } finally {
      this.#closed = true;
      this.#device.close();
    }
  }

  /** A transfer of one packet ends with it, so that a timeout loses nothing. */
  #receive(timeoutMs: number): Uint8Array<ArrayBuffer> {
    const { endpointAddress, maxPacketSize } = this.#input;
    try {
      // 0 would be a transfer without an end.
      const transfer = this.#device.submitIn(endpointAddress, maxPacketSize, Math.max(1, timeoutMs));
      return Uint8Array.from(transfer.wait());
    } catch (error) {
      if (error instanceof UsbFault && error.code === "timeout") return new Uint8Array();
      throw error;
    }
  }

  #requireOpen(): void {
    if (this.#closed) throw DriverError.disconnected("The port is closed; open it again.");
  }
}
