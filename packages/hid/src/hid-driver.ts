/** What a driver must offer to be exported as busbar:device/hid: one of HID devices, or one that shows a device as such. */

import type { UsbDevice } from "@busbar/guest";
import type { Report, ReportType } from "./field.ts";
import type { BootInterface } from "./hid-descriptor.ts";
import type { Protocol } from "./hid-interface.ts";
import type { RawReport } from "./raw-report.ts";
import type { DecodedReport } from "./report.ts";
import type { UsageValue } from "./report-builder.ts";
import type { ReportDescriptor } from "./report-descriptor.ts";

/** WIT `info`. */
export interface HidInfo {
  readonly vendorId: number;
  readonly productId: number;
  /** bcdDevice. */
  readonly versionBcd: number;
  /** Empty where the device does not say; as the next two. */
  readonly vendor: string;
  readonly product: string;
  readonly serialNumber: string;
  readonly bootInterface: BootInterface;
  /** bCountryCode; 0 where the device is not localized. */
  readonly countryCode: number;
}

/** A driver class that is opened by its constructor, used, then closed. All methods throw DriverError. */
export interface HidDriver {
  /** Which device this is. */
  readonly info: HidInfo;
  /** The report descriptor: the device's own, or the one that the driver shows it by. */
  readonly reportDescriptorBytes: Uint8Array;
  /** The same, parsed. */
  readonly reportDescriptor: ReportDescriptor;
  /** The next input report, decoded; `undefined` when none came. @param timeoutMs 0 waits not at all */
  read(timeoutMs: number): DecodedReport | undefined;
  /** As `read`, but not decoded. */
  readRaw(timeoutMs: number): RawReport | undefined;
  /** Sends an output or feature report in which `values` are set. */
  send(report: Report, values: Iterable<UsageValue>): void;
  /** Sends an output or feature report as bytes. */
  sendRaw(type: ReportType, report: RawReport): void;
  /** Asks for a report, decoded. */
  get(type: ReportType, id: number | undefined): DecodedReport;
  /** As `get`, but not decoded. */
  getRaw(type: ReportType, id: number | undefined): RawReport;
  /** How often a report is repeated, in milliseconds; 0 for only when it changes. @param id 0 for "no id" */
  getIdle(id: number): number;
  /** @param id 0 for all reports @param durationMs 0 to 1020 */
  setIdle(id: number, durationMs: number): void;
  /** The protocol in force. */
  getProtocol(): Protocol;
  /** Chooses the protocol. */
  setProtocol(protocol: Protocol): void;
  /** Gives the device back. Closing twice is legal. */
  close(): void;
}

/** What the device says about itself; the last two are for HID devices. */
export function identify(usb: UsbDevice, bootInterface: BootInterface = "none", countryCode = 0): HidInfo {
  const { vendorId, productId, deviceVersionBcd, ...strings } = usb.descriptor;
  return {
    vendorId,
    productId,
    versionBcd: deviceVersionBcd,
    vendor: usb.readString(strings.manufacturerIndex),
    product: usb.readString(strings.productIndex),
    serialNumber: usb.readString(strings.serialNumberIndex),
    bootInterface,
    countryCode,
  };
}
