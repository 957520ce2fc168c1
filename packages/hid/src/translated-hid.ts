/**
 * The base of drivers for devices that are no HID devices, or say less in their report descriptor than they send: the
 * driver shows them by a report descriptor of its own, and translates between that and what the device speaks.
 */

import { DriverError } from "@busbar/guest";
import type { Report, ReportType } from "./field.ts";
import type { HidDriver, HidInfo } from "./hid-driver.ts";
import type { Protocol } from "./hid-interface.ts";
import { checked, checkSendable, type RawReport, transferOf, transferWith, withoutId } from "./raw-report.ts";
import { type DecodedReport, decodeReport } from "./report.ts";
import type { UsageValue } from "./report-builder.ts";
import { parseReportDescriptor, type ReportDescriptor } from "./report-descriptor.ts";

/** A driver that translates. Every method throws DriverError. */
export abstract class TranslatedHid implements HidDriver {
  readonly info: HidInfo;
  readonly reportDescriptorBytes: Uint8Array;
  readonly reportDescriptor: ReportDescriptor;

  /** @param reportDescriptor of input and output reports; @throws HidError where it is wrong, which is a bug */
  constructor(info: HidInfo, reportDescriptor: Uint8Array) {
    this.info = info;
    this.reportDescriptorBytes = reportDescriptor;
    this.reportDescriptor = parseReportDescriptor(reportDescriptor);
  }

  /** The next input report as the descriptor has it, with its id; `undefined` when none came in time. */
  protected abstract receive(timeoutMs: number): Uint8Array | undefined;

  /** Sends an output report. @param transfer as the descriptor has it, with its id */
  protected abstract transmit(transfer: Uint8Array): void;

  /** Gives the device back. Closing twice is legal. */
  abstract close(): void;

  read(timeoutMs: number): DecodedReport | undefined {
    const transfer = this.receive(timeoutMs);
    if (transfer === undefined) return undefined;
    return checked(() => decodeReport(this.reportDescriptor, "input", transfer));
  }

  readRaw(timeoutMs: number): RawReport | undefined {
    const transfer = this.receive(timeoutMs);
    return transfer === undefined ? undefined : withoutId(this.reportDescriptor, "input", transfer);
  }

  send(report: Report, values: Iterable<UsageValue>): void {
    checkSendable(report.type);
    this.transmit(transferWith(report, values));
  }

  sendRaw(type: ReportType, report: RawReport): void {
    checkSendable(type);
    this.transmit(transferOf(this.reportDescriptor, type, report));
  }

  get(): DecodedReport {
    return cannotBeAsked();
  }

  getRaw(): RawReport {
    return cannotBeAsked();
  }

  getIdle(): number {
    return hasNoIdleRate();
  }

  setIdle(): void {
    hasNoIdleRate();
  }

  getProtocol(): Protocol {
    return hasNoBootProtocol();
  }

  setProtocol(): void {
    hasNoBootProtocol();
  }
}

function cannotBeAsked(): never {
  throw DriverError.unsupported("This device cannot be asked for a report; read those that it sends.");
}

function hasNoIdleRate(): never {
  throw DriverError.unsupported("This device has no idle rate; it sends reports when it wants to.");
}

function hasNoBootProtocol(): never {
  throw DriverError.unsupported("The device has no boot interface, and so only the report protocol.");
}
