import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "../requirements.ts";
import { run } from "../run.ts";

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

/**
 * Plugs a device that a USB/IP server of this machine exports into this kernel. The kernel recognizes it afterwards.
 *
 * @param serverPort the server's TCP port
 * @param busId the server's name of the device
 * @throws Error when the program or the kernel refuses
 */
export async function attachUsbIp(serverPort: number, busId: string): Promise<void> {
  const attach = ["attach", "--remote", "127.0.0.1", "--busid", busId];
  await run(await findUsbIp(), ["--tcp-port", String(serverPort), ...attach]);
}

/**
 * Pulls a device out that was plugged in by {@link attachUsbIp}. Nothing happens where it is out already.
 *
 * @param usbDevice the kernel's name of it: "3-1"
 * @throws Error when the program or the kernel refuses
 */
export async function detachUsbIp(usbDevice: string): Promise<void> {
  const port = await virtualPort(usbDevice);
  if (port !== undefined) await run(await findUsbIp(), ["detach", "--port", String(port)]);
}

/** The port of the virtual host controller that a USB device is in. */
async function virtualPort(usbDevice: string): Promise<number | undefined> {
  // hub port sta spd dev sockfd local_busid
  const status = await readFile("/sys/devices/platform/vhci_hcd.0/status", "utf8");
  const ports = status.split("\n").map((line) => line.trim().split(/\s+/));
  const fields = ports.find((each) => each.at(-1) === usbDevice);
  return fields === undefined ? undefined : Number(fields[1]);
}
