/** What a test does inside the virtual machine: simulated chips and USB devices, the kernel's own drivers. */
export type { SimulatedTarget } from "./adapter-worker-client.ts";
export { CharacterDevice } from "./character-device.ts";
export { hardwareBoard, inVirtualMachine } from "./environment.ts";
export { attachI2cAdapter, type I2cAdapter } from "./i2c-adapter.ts";
export { type I2cStub, loadI2cStub } from "./i2c-stub.ts";
export { type InputEvent, InputEvents, inputNodes } from "./input-events.ts";
export { bindKernelDriver, type IioReading, type KernelDevice, readIio } from "./kernel-driver.ts";
export { type AttachedUsbDevice, attachUsbDevice } from "./usb-device.ts";
export { findUsbIp } from "./usbip-tool.ts";
export { waitFor } from "./wait.ts";
