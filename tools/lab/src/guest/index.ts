/** What a test does inside the virtual machine: simulated chips and USB devices, the kernel's drivers, USB gadgets. */
export type { SimulatedTarget } from "./adapter-worker-client.ts";
export { CharacterDevice } from "./character-device.ts";
export { hardwareBoard, inVirtualMachine, qemuMedium } from "./environment.ts";
export { GADGET_VENDOR_ID, Gadget, type GadgetFunction, type GadgetOptions } from "./gadget.ts";
export { attachI2cAdapter, type I2cAdapter } from "./i2c-adapter.ts";
export { type I2cStub, loadI2cStub } from "./i2c-stub.ts";
export { type InputEvent, InputEvents, inputNodes } from "./input-events.ts";
export { bindKernelDriver, type IioReading, type KernelDevice, readIio } from "./kernel-driver.ts";
export { type InputEvent as QemuInputEvent, QemuMonitor } from "./monitor.ts";
export { loadSpiButterfly, type SpiButterfly } from "./spi-butterfly.ts";
export { hasSystemd, type Systemd, startSystemd } from "./systemd.ts";
export { startUdevd } from "./udevd.ts";
export { type AttachedUsbDevice, attachUsbDevice } from "./usb-device.ts";
export { kernelDriverOf } from "./usb-host.ts";
export { findUsbIp } from "./usbip-tool.ts";
export { waitFor } from "./wait.ts";
