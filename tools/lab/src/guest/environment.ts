import { join } from "node:path";
import { STORAGE_IMAGE } from "../qemu-usb.ts";

/** Whether this process runs in the lab's virtual machine. */
export function inVirtualMachine(): boolean {
  return process.env.BUSBAR_LAB_MODULES !== undefined;
}

/** The board file of the real hardware to test against; undefined where the tests run in the virtual machine. */
export function hardwareBoard(): string | undefined {
  return inVirtualMachine() ? undefined : process.env.BUSBAR_HARDWARE_BOARD;
}

/**
 * The file behind QEMU's usb-storage. Nothing of it is cached here: it shows at once what QEMU wrote.
 *
 * @throws Error outside of the virtual machine
 */
export function qemuMedium(): string {
  const folder = process.env.BUSBAR_LAB_RESULTS;
  if (folder === undefined) throw new Error("QEMU's disk is in the virtual machine only.");
  return join(folder, STORAGE_IMAGE);
}

/**
 * `modprobe` parameters that name the kernel's modules, in front of every call.
 *
 * @throws Error outside of the virtual machine, where loading modules is not ours to do
 */
export function moduleFolder(): string[] {
  const folder = process.env.BUSBAR_LAB_MODULES;
  if (folder === undefined) throw new Error("Kernel modules are loaded in the virtual machine only.");
  return ["--dirname", folder];
}
