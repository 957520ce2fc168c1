import { join } from "node:path";
import { boot, LabError, USB_MODULES } from "@busbar/lab";

/** Prints the tables of the kernel's gadgets, or why there are none: the virtual machine needs packages and root. */
export async function reportGadgets(): Promise<void> {
  try {
    const { exitCode } = await boot({
      command: [process.execPath, join(import.meta.dirname, "gadget-process.js")],
      modules: USB_MODULES,
      timeoutMs: 15 * 60_000,
      onOutput: (chunk) => process.stdout.write(chunk),
      note: (text) => console.error(text),
    });
    if (exitCode !== 0)
      console.log(`The measurement in the virtual machine failed with exit code ${exitCode}.`);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    console.log(`Nothing was measured in the virtual machine: ${error.message}`);
  }
}
