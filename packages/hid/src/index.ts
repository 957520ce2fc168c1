/** HID devices: what a program, a driver or a test imports. */

export * from "./bits.ts";
export * from "./boot.ts";
export * from "./errors.ts";
export * from "./field.ts";
export * from "./gamepad.ts";
export * from "./gamepad-mappings.ts";
export { Hid, type HidOptions, hidOptions, type RawReport } from "./hid.ts";
export {
  type BootInterface,
  findHidDescriptor,
  type HidDescriptor,
  hidInterfaces,
} from "./hid-descriptor.ts";
export { HidInterface, type Protocol } from "./hid-interface.ts";
export type { Clock } from "./input-queue.ts";
export * from "./item.ts";
export { keyCode } from "./key-codes.ts";
export * from "./keyboard.ts";
export * from "./mouse.ts";
export * from "./report.ts";
export * from "./report-builder.ts";
export {
  type DescriptorProblem,
  findReport,
  longestTransfer,
  parseReportDescriptor,
  type ReportDescriptor,
} from "./report-descriptor.ts";
export * from "./unit.ts";
export * from "./usages.ts";
