/** What a test does inside the virtual machine: adapters with simulated chips, the kernel's own drivers, USB gadgets. */
export type { SimulatedTarget } from "./adapter-worker-client.ts";
export { hardwareBoard, inVirtualMachine, qemuMedium } from "./environment.ts";
export { GADGET_VENDOR_ID, Gadget, type GadgetFunction, type GadgetOptions } from "./gadget.ts";
export { attachI2cAdapter, type I2cAdapter } from "./i2c-adapter.ts";
export { type I2cStub, loadI2cStub } from "./i2c-stub.ts";
export { bindKernelDriver, type IioReading, type KernelDevice, readIio } from "./kernel-driver.ts";
export { type InputEvent, QemuMonitor } from "./monitor.ts";
export { startUdevd } from "./udevd.ts";
export { findUsbIp } from "./usbip-tool.ts";
export { waitFor } from "./wait.ts";
