import { join } from "node:path";
import { boot, LabError, USB_MODULES } from "@busbar/lab";

/** An exit code above it is that of a process that a signal ended. */
const killed = 128;

/**
 * Prints the tables of the kernel's gadgets, or why there are none: the virtual machine needs packages and root. V8 itself
 * fails now and then where the processor is emulated; then all of it is measured once more.
 */
export async function reportGadgets(): Promise<void> {
  try {
    const exitCode = await measureInMachine();
    const last = exitCode > killed ? await measureInMachine() : exitCode;
    if (last !== 0) console.log(`The measurement in the virtual machine failed with exit code ${last}.`);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    console.log(`Nothing was measured in the virtual machine: ${error.message}`);
  }
}

async function measureInMachine(): Promise<number> {
  const { exitCode } = await boot({
    command: [process.execPath, join(import.meta.dirname, "gadget-process.js")],
    modules: USB_MODULES,
    timeoutMs: 15 * 60_000,
    onOutput: (chunk) => process.stdout.write(chunk),
    note: (text) => console.error(text),
  });
  return exitCode;
}
