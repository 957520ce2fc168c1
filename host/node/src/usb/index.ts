/** USB on Node, through libusb: the backend, and what `busbar doctor` needs to know. */

export { createLibusb, libusb } from "./backend.ts";
export { diagnoseUsb, diagnoseUsbGrant, diagnoseUsbSystem } from "./diagnose.ts";
export type { UsbSystem } from "./system.ts";
