/** What this kernel, as a USB host, has made of a device: Documentation/ABI/testing/sysfs-bus-usb. */
import { readdir, readFile, readlink } from "node:fs/promises";
import { basename, join } from "node:path";

/** A folder of each device ("1-1") and of each interface of its configuration ("1-1:1.0"). */
export const USB_DEVICES = "/sys/bus/usb/devices";

/**
 * Finds the device with a serial number, once its configuration is chosen and all interfaces of that are there.
 *
 * @param connectedMs it is plugged in for this long at most, in milliseconds: one that was pulled out is there until the kernel sees it
 * @returns its name, "1-1"
 */
export async function findConfigured(
  serialNumber: string,
  connectedMs = Number.POSITIVE_INFINITY,
): Promise<string | undefined> {
  const names = await readdir(USB_DEVICES);
  for (const name of names) {
    const read = async (file: string) =>
      (await readFile(join(USB_DEVICES, name, file), "utf8").catch(() => "")).trim();
    if ((await read("serial")) !== serialNumber) continue;
    if (Number(await read("power/connected_duration")) > connectedMs) continue;
    // Empty until its configuration is chosen.
    const interfaces = await read("bNumInterfaces");
    const isThere = (each: string) => each.startsWith(`${name}:`);
    if (interfaces !== "" && names.filter(isThere).length === Number(interfaces)) return name;
  }
  return undefined;
}

/**
 * The kernel's driver of an interface: "usbhid", or "usbfs" while a program has it; undefined where it has none.
 *
 * @param device its name, "1-1", which libusb calls its port
 */
export async function kernelDriverOf(device: string, interfaceNumber: number): Promise<string | undefined> {
  // Devices here have one configuration, and its number is 1.
  const link = join(USB_DEVICES, `${device}:1.${interfaceNumber}`, "driver");
  return await readlink(link).then(basename, () => undefined);
}
