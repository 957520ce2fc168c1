/** The interrupt endpoints of a claimed interface: reports in, reports out. Source: HID 1.11, section 4.4. */

import {
  DriverError,
  type EndpointDescriptor,
  endpointDirection,
  endpointType,
  type UsbDevice,
  UsbFault,
} from "@busbar/guest";
import { type Clock, InputQueue } from "./input-queue.ts";

/** wMaxPacketSize, bits 10 to 0: bytes of a packet (USB 2.0, table 9-13). */
const PACKET_SIZE_MASK = 0x7ff;
/** A device that does not take an output report for so long does not take it at all. */
const OUTPUT_TIMEOUT_MS = 5000;
/** The same of what it can work without. */
const OPTIONAL_TIMEOUT_MS = 500;
/** Linux reads no longer one; what a descriptor claims beyond it costs no room. */
const LONGEST_REPORT = 16_384;
/** Nobody answers a read with nothing but empty packets. */
const MAX_EMPTY_TRANSFERS = 1024;

/** The pipes of one interface. Every method throws DriverError. */
export class InterruptPipes implements Disposable {
  readonly #usb: UsbDevice;
  readonly #clock: Clock;
  readonly #in: EndpointDescriptor;
  readonly #out: EndpointDescriptor | undefined;
  #input: InputQueue | undefined;

  /**
   * @param interfaceNumber a claimed interface
   * @throws DriverError `protocol` where it has no interrupt IN endpoint
   */
  constructor(usb: UsbDevice, interfaceNumber: number, clock: Clock) {
    this.#usb = usb;
    this.#clock = clock;
    const endpoints = usb.findInterface({ number: interfaceNumber })?.endpoints ?? [];
    const input = interruptEndpoint(endpoints, "in");
    if (input === undefined) {
      throw DriverError.protocol(
        `Interface ${interfaceNumber} has no interrupt IN endpoint, which this driver needs; use another one.`,
      );
    }
    this.#in = input;
    this.#out = interruptEndpoint(endpoints, "out");
  }

  /** Whether there is an interrupt OUT endpoint. */
  get hasOutput(): boolean {
    return this.#out !== undefined;
  }

  /** Whether an interface has the endpoint that all of this needs. */
  static canRead(usb: UsbDevice, interfaceNumber: number): boolean {
    const endpoints = usb.findInterface({ number: interfaceNumber })?.endpoints ?? [];
    return interruptEndpoint(endpoints, "in") !== undefined;
  }

  /** Begins to listen. @param longest bytes of the longest report, with its id */
  listen(longest: number): void {
    const { endpointAddress, maxPacketSize } = this.#in;
    // Less than a whole packet could overflow.
    const packet = Math.max(1, maxPacketSize & PACKET_SIZE_MASK);
    const length = Math.ceil(Math.min(longest, LONGEST_REPORT) / packet) * packet;
    const submit = (timeoutMs: number) => this.#usb.submitIn(endpointAddress, length, timeoutMs, "interrupt");
    this.#input = new InputQueue(submit, this.#clock);
    this.#input.start();
  }

  /** The next report as it came. @param timeoutMs 0 waits not at all @returns `undefined` when none came */
  read(timeoutMs: number): Uint8Array | undefined {
    const endMs = this.#clock.nowMs() + timeoutMs;
    let leftMs = timeoutMs;
    // Empty transfers are no reports: Linux' HID gadget sends one after each report that fills its packets.
    for (let empty = 0; empty < MAX_EMPTY_TRANSFERS; empty++) {
      const bytes = this.#readTransfer(leftMs);
      if (bytes === undefined || bytes.length > 0) return bytes;
      leftMs = Math.max(0, endMs - this.#clock.nowMs());
    }
    throw DriverError.protocol("The device sends nothing but empty reports; reconnect it.");
  }

  /**
   * Sends a report.
   *
   * @param timeoutMs how long the device may take
   * @throws DriverError `unsupported` where there is no interrupt OUT endpoint
   */
  write(bytes: Uint8Array, timeoutMs = OUTPUT_TIMEOUT_MS): void {
    if (this.#out === undefined) {
      throw DriverError.unsupported("The device has no interrupt OUT endpoint: nothing can be sent to it.");
    }
    const { endpointAddress } = this.#out;
    try {
      using pending = this.#usb.submitOut(endpointAddress, bytes, timeoutMs, "interrupt");
      pending.wait();
    } catch (error) {
      // Or else nothing could be sent any more.
      if (error instanceof UsbFault && error.code === "pipe") this.#usb.clearHalt(endpointAddress);
      throw error;
    }
  }

  /**
   * As `write`, for what the device can work without: one that refuses it or does not take it within 500 ms goes on, and
   * the operator is told once.
   *
   * @param what names it for the operator
   */
  writeOptional(what: string, bytes: Uint8Array): void {
    this.#usb.optional(what, () => this.write(bytes, OPTIONAL_TIMEOUT_MS));
  }

  /** Cancels what waits. */
  [Symbol.dispose](): void {
    this.#input?.[Symbol.dispose]();
  }

  /** An endpoint that halts is of no use to anybody until the halt is cleared. */
  #readTransfer(timeoutMs: number): Uint8Array | undefined {
    try {
      return this.#input?.read(timeoutMs);
    } catch (error) {
      if (error instanceof UsbFault && error.code === "pipe") this.#usb.clearHalt(this.#in.endpointAddress);
      throw error;
    }
  }
}

function interruptEndpoint(
  endpoints: readonly EndpointDescriptor[],
  direction: "in" | "out",
): EndpointDescriptor | undefined {
  return endpoints.find(
    (each) => endpointType(each) === "interrupt" && endpointDirection(each) === direction,
  );
}
