/**
 * Driver of any USB device of the HID class.
 *
 * Specifications: Universal Serial Bus, Device Class Definition for Human Interface Devices (HID), version 1.11, 27 June
 * 2001; HID Usage Tables, version 1.5. Section numbers are those of HID 1.11.
 */

import { completeOptions, integer, type OptionsOf, type UsbDevice } from "@busbar/guest";
import { BOOT_KEYBOARD_DESCRIPTOR, BOOT_MOUSE_DESCRIPTOR } from "./boot.ts";
import type { Report, ReportType } from "./field.ts";
import type { HidDescriptor } from "./hid-descriptor.ts";
import { type HidDriver, type HidInfo, identify } from "./hid-driver.ts";
import { HidInterface, type Protocol } from "./hid-interface.ts";
import type { Clock } from "./input-queue.ts";
import {
  checked,
  checkSendable,
  type RawReport,
  reportFor,
  transferOf,
  transferWith,
  withoutId,
} from "./raw-report.ts";
import { type DecodedReport, decodeReport, reportOf } from "./report.ts";
import type { UsageValue } from "./report-builder.ts";
import { longestTransfer, parseReportDescriptor, type ReportDescriptor } from "./report-descriptor.ts";

/** The options, their defaults, and the settings of a board file. */
export const hidOptions = {
  /** How often the device repeats a report that has not changed, in milliseconds; 0 for never (7.2.4). */
  idleMs: integer({ minimum: 0, maximum: 1020 }, 0),
};

/** What can be set; see `hidOptions`. */
export type HidOptions = OptionsOf<typeof hidOptions>;

/** A boot keyboard's report is the longest that comes in the boot protocol (appendix B). */
const LONGEST_BOOT_REPORT = 8;
/** Nobody answers a read with nothing but reports that no descriptor has. */
const MAX_UNKNOWN_REPORTS = 256;
const bootKeyboard = parseReportDescriptor(BOOT_KEYBOARD_DESCRIPTOR);
const bootMouse = parseReportDescriptor(BOOT_MOUSE_DESCRIPTOR);

/** The driver of one HID interface. Every method throws DriverError. */
export class Hid implements HidDriver {
  readonly info: HidInfo;
  /** The report descriptor as it came from the device. */
  readonly reportDescriptorBytes: Uint8Array;
  /** The parsed report descriptor. */
  readonly reportDescriptor: ReportDescriptor;

  readonly #interface: HidInterface;
  readonly #clock: Clock;
  #protocol: Protocol = "report";

  /**
   * Claims the first HID interface that it may have, reads and checks its report descriptor, chooses the report protocol
   * and begins to read. The device stays the caller's to close when this throws.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device` for a device without a HID interface;
   *   `protocol` for descriptors that cannot be used; and all that UsbDevice throws
   */
  constructor(usb: UsbDevice, clock: Clock, options: Partial<HidOptions> = {}) {
    const { idleMs } = completeOptions(hidOptions, options);
    this.#clock = clock;
    this.#interface = new HidInterface(usb, clock);
    this.info = identify(usb, this.hidDescriptor.bootInterface, this.hidDescriptor.countryCode);
    [this.reportDescriptorBytes, this.reportDescriptor] = this.#readReportDescriptor();
    // Which protocol is active depends on who used the device before (7.2.6).
    this.#interface.setOptionalReportProtocol();
    this.#interface.setOptionalIdle(idleMs);
    this.#interface.startInput(
      Math.max(longestTransfer(this.reportDescriptor, "input"), LONGEST_BOOT_REPORT),
    );
  }

  /** What the device says about this interface. */
  get hidDescriptor(): HidDescriptor {
    return this.#interface.descriptor;
  }

  /**
   * The next input report, decoded.
   *
   * @param timeoutMs 0 waits not at all
   * A report that the descriptor does not have is passed over, and what is missing of one is 0.
   *
   * @returns `undefined` when none came in time
   * @throws all that UsbDevice throws
   */
  read(timeoutMs: number): DecodedReport | undefined {
    const bytes = this.#readKnown(timeoutMs);
    return bytes === undefined
      ? undefined
      : checked(() => decodeReport(this.#activeDescriptor(), "input", bytes));
  }

  /** As `read`, but not decoded. */
  readRaw(timeoutMs: number): RawReport | undefined {
    const bytes = this.#readKnown(timeoutMs);
    return bytes === undefined ? undefined : withoutId(this.#activeDescriptor(), "input", bytes);
  }

  /**
   * Sends an output or feature report in which `values` are set; see `buildReport`.
   *
   * @throws DriverError `invalid-argument` for values that the report cannot have, and all that UsbDevice throws
   */
  send(report: Report, values: Iterable<UsageValue>): void {
    this.#sendTransfer(report.type, report.id, transferWith(report, values));
  }

  /**
   * Sends an output or feature report as bytes.
   *
   * @throws DriverError `invalid-argument` where the device has no such report or its length is another one
   */
  sendRaw(type: ReportType, report: RawReport): void {
    this.#sendTransfer(type, report.id, transferOf(this.#activeDescriptor(), type, report));
  }

  /** Asks for a report, decoded (7.2.1). Input reports, too: what the device would send now. */
  get(type: ReportType, id: number | undefined): DecodedReport {
    const bytes = this.#getReport(type, id);
    return checked(() => decodeReport(this.#activeDescriptor(), type, bytes));
  }

  /** As `get`, but not decoded. */
  getRaw(type: ReportType, id: number | undefined): RawReport {
    return withoutId(this.#activeDescriptor(), type, this.#getReport(type, id));
  }

  /** How often a report is repeated, in milliseconds; 0 for only when it changes (7.2.3). @param id 0 for "no id" */
  getIdle(id: number): number {
    return this.#interface.getIdle(id);
  }

  /** @param id 0 for all reports @param durationMs 0 to 1020, in steps of 4; 0 for only when it changes (7.2.4) */
  setIdle(id: number, durationMs: number): void {
    this.#interface.setIdle(id, durationMs);
  }

  /** @throws DriverError `unsupported` where the interface has no boot protocol (7.2.5) */
  getProtocol(): Protocol {
    return this.#interface.getProtocol();
  }

  /** @throws DriverError `unsupported` where the interface has no boot protocol (7.2.6) */
  setProtocol(protocol: Protocol): void {
    this.#interface.setProtocol(protocol);
    this.#protocol = protocol;
  }

  /** Gives the device back. Closing twice is legal. */
  close(): void {
    this.#interface.close();
  }

  /** One that breaks off may go on where the HID descriptor says that it ends. */
  #readReportDescriptor(): [bytes: Uint8Array, parsed: ReportDescriptor] {
    const bytes = this.#interface.readReportDescriptor();
    const parsed = checked(() => parseReportDescriptor(bytes));
    const claimed = this.hidDescriptor.reportDescriptorLength;
    if (parsed.isComplete || bytes.length !== claimed) return [bytes, parsed];
    const whole = this.#interface.readWholeReportDescriptor() ?? bytes;
    if (whole.length <= bytes.length) return [bytes, parsed];
    this.#interface.warn(
      `The device says that its report descriptor has ${claimed} bytes, but sends ${whole.length}; those are used.`,
    );
    return [whole, checked(() => parseReportDescriptor(whole))];
  }

  /** The next report that the descriptor has, as Linux: what else comes is the maker's own. */
  #readKnown(timeoutMs: number): Uint8Array | undefined {
    const endMs = this.#clock.nowMs() + timeoutMs;
    let leftMs = timeoutMs;
    for (let unknown = 0; unknown < MAX_UNKNOWN_REPORTS; unknown++) {
      const bytes = this.#interface.readInput(leftMs);
      if (bytes === undefined || reportOf(this.#activeDescriptor(), "input", bytes) !== undefined)
        return bytes;
      this.#interface.warn(
        "The device sends input reports that its report descriptor does not have; they are passed over.",
      );
      leftMs = Math.max(0, endMs - this.#clock.nowMs());
    }
    return undefined;
  }

  /** Boot reports have no id (appendix B). */
  #activeDescriptor(): ReportDescriptor {
    if (this.#protocol === "report") return this.reportDescriptor;
    return this.hidDescriptor.bootInterface === "mouse" ? bootMouse : bootKeyboard;
  }

  #getReport(type: ReportType, id: number | undefined): Uint8Array {
    const { transferLength } = reportFor(this.#activeDescriptor(), type, id);
    return this.#interface.getReport(type, id ?? 0, transferLength);
  }

  #sendTransfer(type: ReportType, id: number | undefined, transfer: Uint8Array): void {
    checkSendable(type);
    if (type === "output") this.#interface.writeOutput(id ?? 0, transfer);
    else this.#interface.setReport(type, id ?? 0, transfer);
  }
}
