import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { kernelCacheFolder } from "./kernel.ts";

/**
 * Whether KVM is worth a try. A machine can have a /dev/kvm that fails or hangs; it is then left alone until the machine
 * is started again.
 */
export function kvmMayWork(memory = kvmMemory(), device = "/dev/kvm"): boolean {
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
  } catch {
    return false;
  }
  return !existsSync(memory) || readFileSync(memory, "utf8") !== hostStart();
}

/** Remembers that KVM does not work until this machine is started again. */
export function rememberBrokenKvm(memory = kvmMemory()): void {
  mkdirSync(dirname(memory), { recursive: true });
  writeFileSync(memory, hostStart());
}

function kvmMemory(): string {
  return join(dirname(kernelCacheFolder()), "kvm-does-not-work");
}

/** A text that differs each time that this machine is started. */
function hostStart(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8");
}
