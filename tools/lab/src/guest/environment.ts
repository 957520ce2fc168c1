/** Whether this process runs in the lab's virtual machine. */
export function inVirtualMachine(): boolean {
  return process.env.BUSBAR_LAB_MODULES !== undefined;
}

/** The board file of the real hardware to test against; undefined where the tests run in the virtual machine. */
export function hardwareBoard(): string | undefined {
  return inVirtualMachine() ? undefined : process.env.BUSBAR_HARDWARE_BOARD;
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
