/** HID devices: what a program, a driver or a test imports. */

export * from "./bits.ts";
export * from "./boot.ts";
export * from "./errors.ts";
export * from "./events.ts";
export * from "./field.ts";
export * from "./gamepad.ts";
export * from "./gamepad-mappings.ts";
export { Hid, type HidOptions, hidOptions } from "./hid.ts";
export {
  type BootInterface,
  findHidDescriptor,
  type HidDescriptor,
  hidInterfaces,
} from "./hid-descriptor.ts";
export { type HidDriver, type HidInfo, identify } from "./hid-driver.ts";
export { type HidDefinition, type HidExport, hidOn } from "./hid-export.ts";
export { HidInterface, type Protocol } from "./hid-interface.ts";
export type { Clock } from "./input-queue.ts";
export { InterruptPipes } from "./interrupt-pipes.ts";
export * from "./item.ts";
export { keyCode } from "./key-codes.ts";
export * from "./keyboard.ts";
export * from "./mouse.ts";
export { checked, type RawReport } from "./raw-report.ts";
export * from "./report.ts";
export * from "./report-builder.ts";
export {
  type DescriptorProblem,
  findReport,
  longestTransfer,
  parseReportDescriptor,
  type ReportDescriptor,
  usesIds,
} from "./report-descriptor.ts";
export { TranslatedHid } from "./translated-hid.ts";
export * from "./unit.ts";
export * from "./usages.ts";
