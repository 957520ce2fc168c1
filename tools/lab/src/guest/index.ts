/** What a test does inside the virtual machine: adapters with simulated chips, the kernel's own drivers, i2c-stub. */
export type { SimulatedTarget } from "./adapter-worker-client.ts";
export { hardwareBoard, inVirtualMachine } from "./environment.ts";
export { attachI2cAdapter, type I2cAdapter } from "./i2c-adapter.ts";
export { type I2cStub, loadI2cStub } from "./i2c-stub.ts";
export { bindKernelDriver, type IioReading, type KernelDevice, readIio } from "./kernel-driver.ts";
export { findUsbIp } from "./usbip-tool.ts";
export { waitFor } from "./wait.ts";
