import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "../requirements.ts";

const UBUNTU_TOOLS = "/usr/lib/linux-tools";

/**
 * The `usbip` program. Ubuntu's is a script that insists on the kernel that it was packaged with, so that the program
 * behind it is taken there.
 *
 * @throws Error when it is not installed
 */
export async function findUsbIp(): Promise<string> {
  const versions = await readdir(UBUNTU_TOOLS).catch(() => []);
  for (const version of versions.reverse()) {
    const folder = join(UBUNTU_TOOLS, version);
    if ((await readdir(folder)).includes("usbip")) return join(folder, "usbip");
  }
  const program = findProgram("usbip");
  if (program === undefined) throw new Error("There is no usbip program; install the package usbip.");
  return program;
}
