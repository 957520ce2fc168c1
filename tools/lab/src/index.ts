/** The virtual machine: the distribution's own kernel in QEMU, with this machine's files. */
export { LabError } from "./error.ts";
export { type BootOptions, type BootResult, boot, RESULTS_INSIDE } from "./machine.ts";
export { I2C_MODULES, USB_MODULES } from "./modules.ts";
export type { Accelerator } from "./qemu.ts";
export { checkRequirements, type Requirement, type Requirements, readRequirements } from "./requirements.ts";
