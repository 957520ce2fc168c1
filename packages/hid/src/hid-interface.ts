/** A HID interface as bytes: its descriptors, requests and pipes. Source: HID 1.11, sections 4.4 and 7. */

import {
  type ControlRequest,
  DriverError,
  type InterfaceBytes,
  type InterfaceDescriptor,
  parseConfiguration,
  type UsbDevice,
  UsbFault,
} from "@busbar/guest";
import type { ReportType } from "./field.ts";
import { findHidDescriptor, type HidDescriptor, hidInterfaces } from "./hid-descriptor.ts";
import type { Clock } from "./input-queue.ts";
import { InterruptPipes } from "./interrupt-pipes.ts";
import { checked } from "./raw-report.ts";
import * as requests from "./requests.ts";

/** Boot: reports that need no descriptor, of keyboards and mice. Report: as the report descriptor says (7.2.5). */
export type Protocol = "boot" | "report";

/** The unit of idle rates, in milliseconds (7.2.4). */
const IDLE_STEP_MS = 4;
/** Asked for where the device does not say how long it is: Linux takes no longer one. */
const LONGEST_REPORT_DESCRIPTOR = 4096;
/** What the device can do without has so long. */
const OPTIONAL_TIMEOUT_MS = 500;
/** How often a device is asked that gives less than it said, or refuses, as in Linux' usbhid. */
const REPORT_DESCRIPTOR_TRIES = 4;
/** What may go another time. Silence would last as long again. */
const PASSING_FAULTS: readonly UsbFault["code"][] = ["pipe", "io", "overflow"];

/** A claimed HID interface. Every method throws DriverError. */
export class HidInterface {
  /** What the device says about it. */
  readonly descriptor: HidDescriptor;

  readonly #usb: UsbDevice;
  /** bInterfaceNumber. */
  readonly #index: number;
  readonly #pipes: InterruptPipes;
  #closed = false;

  /**
   * Claims the first HID interface that it may have and that has an interrupt IN endpoint.
   *
   * @throws DriverError `wrong-device` for a device without a HID interface, `protocol` where none has that endpoint, and
   *   all that UsbDevice throws
   */
  constructor(usb: UsbDevice, clock: Clock) {
    this.#usb = usb;
    const interfaces = readInterfaces(usb);
    const numbers = hidInterfaces(interfaces);
    const readable = numbers.filter((number) => InterruptPipes.canRead(usb, number));
    this.#index = claimFirst(usb, readable.length > 0 ? readable : numbers);
    this.descriptor = checked(() => findHidDescriptor(interfaces, this.#index));
    this.#pipes = new InterruptPipes(usb, this.#index, clock);
  }

  /**
   * The report descriptor (7.1.1): as much of it as the device gives, which can be less than its HID descriptor says.
   *
   * @throws DriverError `protocol` where it gives nothing
   */
  readReportDescriptor(): Uint8Array {
    const claimed = this.descriptor.reportDescriptorLength;
    let longest = new Uint8Array();
    let refusal: UsbFault | undefined;
    for (let turn = 0; turn < REPORT_DESCRIPTOR_TRIES && (turn === 0 || longest.length < claimed); turn++) {
      try {
        const request = requests.getReportDescriptor(this.#index);
        const bytes = this.#controlIn(request, claimed === 0 ? LONGEST_REPORT_DESCRIPTOR : claimed);
        if (bytes.length > longest.length) longest = bytes.slice();
      } catch (error) {
        if (!(error instanceof UsbFault && PASSING_FAULTS.includes(error.code))) throw error;
        refusal = error;
      }
    }
    if (longest.length === 0) {
      throw refusal ?? DriverError.protocol("The device sends no report descriptor; reconnect it.");
    }
    if (longest.length < claimed) {
      this.warn(
        `The device says that its report descriptor has ${claimed} bytes, but sends ${longest.length}; those are used.`,
      );
    }
    return longest;
  }

  /** What comes where the device is not told to stop where its HID descriptor says; undefined where that is nothing. */
  readWholeReportDescriptor(): Uint8Array | undefined {
    this.#requireOpen();
    return this.#usb.optionalIn(
      "reading the rest of its report descriptor",
      requests.getReportDescriptor(this.#index),
      LONGEST_REPORT_DESCRIPTOR,
    );
  }

  /** Tells the operator something that is no error; once. */
  warn(message: string): void {
    this.#usb.warn(message);
  }

  /** Begins to listen for input reports. @param longest bytes of the longest one, with its id */
  startInput(longest: number): void {
    this.#pipes.listen(longest);
  }

  /** The next input report as a transfer. @param timeoutMs 0 waits not at all @returns `undefined` when none came */
  readInput(timeoutMs: number): Uint8Array | undefined {
    this.#requireOpen();
    return this.#pipes.read(timeoutMs);
  }

  /** Sends an output report: to the interrupt OUT endpoint, or where there is none by a request (4.4). */
  writeOutput(id: number, transfer: Uint8Array): void {
    this.#requireOpen();
    if (this.#pipes.hasOutput) this.#pipes.write(transfer);
    else this.setReport("output", id, transfer);
  }

  /** As `writeOutput`, for what the device can do without; it has 500 ms. @param what names it for the operator */
  writeOptionalOutput(what: string, id: number, transfer: Uint8Array): void {
    this.#requireOpen();
    if (this.#pipes.hasOutput) this.#pipes.writeOptional(what, transfer);
    else this.#usb.optionalOut(what, requests.setReport("output", id, this.#index), transfer);
  }

  /** 7.2.1. @param id 0 where reports have no id, as in all that follow */
  getReport(type: ReportType, id: number, length: number): Uint8Array {
    return this.#controlIn(requests.getReport(type, id, this.#index), length);
  }

  /** As `getReport`, of a device that can be used without; undefined where it does not answer within 500 ms. */
  getOptionalReport(what: string, type: ReportType, id: number, length: number): Uint8Array | undefined {
    this.#requireOpen();
    return this.#usb.optionalIn(what, requests.getReport(type, id, this.#index), length);
  }

  /** 7.2.2. @param transfer with its id */
  setReport(type: ReportType, id: number, transfer: Uint8Array): void {
    this.#controlOut(requests.setReport(type, id, this.#index), transfer);
  }

  /** How often a report is repeated, in milliseconds; 0 for only when it changes (7.2.3). */
  getIdle(id: number): number {
    const [quarters] = this.#controlIn(requests.getIdle(id, this.#index), 1);
    if (quarters === undefined)
      throw DriverError.protocol("The device does not tell its idle rate; reconnect it.");
    return quarters * IDLE_STEP_MS;
  }

  /** @param id 0 for all reports @param durationMs 0 to 1020, in steps of 4; 0 for only when it changes (7.2.4) */
  setIdle(id: number, durationMs: number): void {
    if (!(durationMs >= 0 && durationMs <= 0xff * IDLE_STEP_MS)) {
      throw DriverError.invalidArgument(`The idle rate is ${durationMs} ms, but must be 0 to 1020 ms.`);
    }
    this.#controlOut(requests.setIdle(id, Math.round(durationMs / IDLE_STEP_MS), this.#index));
  }

  /** `setIdle` for all reports, of a device that can do without; it has 500 ms. */
  setOptionalIdle(durationMs: number): void {
    this.#requireOpen();
    const request = requests.setIdle(0, Math.round(durationMs / IDLE_STEP_MS), this.#index);
    this.#usb.optionalOut("setting the idle rate (SET_IDLE)", request);
  }

  /** `setProtocol` to the report protocol, in which a device is after a reset (7.2.6); it has 500 ms. */
  setOptionalReportProtocol(): void {
    this.#requireOpen();
    if (this.descriptor.bootInterface === "none") return;
    this.#usb.optionalOut(
      "choosing the report protocol (SET_PROTOCOL)",
      requests.setProtocol(1, this.#index),
    );
  }

  /** @throws DriverError `unsupported` where the interface has no boot protocol (7.2.5) */
  getProtocol(): Protocol {
    this.#requireBootInterface();
    const [protocol] = this.#controlIn(requests.getProtocol(this.#index), 1);
    if (protocol === 0 || protocol === 1) return protocol === 0 ? "boot" : "report";
    throw DriverError.protocol("The device names a protocol that HID does not have; reconnect it.");
  }

  /** @throws DriverError `unsupported` where the interface has no boot protocol (7.2.6) */
  setProtocol(protocol: Protocol): void {
    this.#requireBootInterface();
    this.#controlOut(requests.setProtocol(protocol === "boot" ? 0 : 1, this.#index));
  }

  /** Cancels what waits and gives the device back. Closing twice is legal. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pipes[Symbol.dispose]();
    this.#usb.close();
  }

  #controlIn(request: ControlRequest, length: number): Uint8Array {
    this.#requireOpen();
    return this.#usb.controlIn(request, length);
  }

  #controlOut(request: ControlRequest, data?: Uint8Array): void {
    this.#requireOpen();
    this.#usb.controlOut(request, data);
  }

  #requireOpen(): void {
    if (this.#closed) throw DriverError.disconnected("The device is closed; open it again.");
  }

  #requireBootInterface(): void {
    if (this.descriptor.bootInterface !== "none") return;
    throw DriverError.unsupported("The device has no boot interface, and so only the report protocol.");
  }
}

/**
 * The interfaces with their class descriptors. A device that does not give them again, as bytes, has the interfaces that
 * the host knows, and is asked for its report descriptor without knowing how long it is.
 */
function readInterfaces(usb: UsbDevice): readonly InterfaceBytes[] {
  const interfaces = usb.optional("reading its HID descriptor", () => {
    return parseConfiguration(usb.readConfiguration(OPTIONAL_TIMEOUT_MS)).interfaces;
  });
  return interfaces ?? usb.configuration.interfaces.map(withoutClassDescriptors);
}

function withoutClassDescriptors(known: InterfaceDescriptor): InterfaceBytes {
  return {
    number: known.interfaceNumber,
    alternateSetting: known.alternateSetting,
    declaredEndpoints: known.endpoints.length,
    class: known.interfaceClass,
    subclass: known.interfaceSubclass,
    protocol: known.interfaceProtocol,
    stringIndex: 0,
    endpoints: [],
    extra: [],
  };
}

/** An interface that the board does not grant is another driver instance's: the next one may be ours. */
function claimFirst(usb: UsbDevice, interfaceNumbers: readonly number[]): number {
  let denied: UsbFault | undefined;
  for (const interfaceNumber of interfaceNumbers) {
    try {
      usb.claim(interfaceNumber);
      return interfaceNumber;
    } catch (error) {
      if (!(error instanceof UsbFault && error.code === "access")) throw error;
      denied ??= error;
    }
  }
  throw (
    denied ??
    DriverError.wrongDevice("The device has no HID interface; correct the driver in the board file.")
  );
}
