import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { serveUsbIp, type UsbDevice } from "@busbar/sim/usbip";
import { findConfigured, USB_DEVICES } from "./usb-host.ts";
import { attachUsbIp, detachUsbIp } from "./usbip-tool.ts";
import { waitFor } from "./wait.ts";

/** A simulated USB device that this kernel has taken. */
export interface AttachedUsbDevice extends AsyncDisposable {
  /** Its folder in sysfs, which is that of one configured device. */
  readonly path: string;

  /**
   * What the driver of an interface made of it, as soon as it is there.
   *
   * @param pattern of a path below the device's folder: /:1\.0\/tty\/ttyACM\d+$/
   * @returns the last part of the path
   * @throws Error when no driver makes such a thing
   */
  find(pattern: RegExp): Promise<string>;

  /** Pulls it out, whatever is going on. */
  unplug(): Promise<void>;

  /** Lets the kernel put it away. Doing so twice, or after `unplug`, is legal. */
  detach(): Promise<void>;
}

/**
 * Plugs a simulated device into this kernel, over USB/IP. It lives in this thread: use asynchronous calls only for what
 * the kernel has to ask the device for.
 *
 * @param model with a serial number that no other device has
 * @throws Error when the kernel does not take it
 */
export async function attachUsbDevice(model: UsbDevice): Promise<AttachedUsbDevice> {
  const { device, strings } = model.descriptors;
  const iSerialNumber = device[16]!;
  const serialNumber = strings[iSerialNumber - 1];
  if (serialNumber === undefined)
    throw new RangeError("Give the model a serial number, so that it is found.");
  const server = await serveUsbIp({ devices: [model], onError: (error) => console.error(error) });
  const busId = server.busIds[0]!;
  try {
    await attachUsbIp(server.port, busId);
    const name = await waitFor("configure the USB device", () => findConfigured(serialNumber));
    const path = await realpath(join(USB_DEVICES, name));
    const gone = async () => {
      await waitFor(`put ${name} away`, async () =>
        (await readdir(USB_DEVICES)).includes(name) ? undefined : true,
      );
      await server.close();
    };
    let ended: Promise<void> | undefined;
    const detach = () => {
      ended ??= detachUsbIp(name).then(gone);
      return ended;
    };
    const unplug = () => {
      server.unplug(busId);
      ended ??= gone();
      return ended;
    };
    return {
      path,
      find: (pattern) => waitFor(`make ${pattern} of the USB device`, () => findBelow(path, pattern)),
      unplug,
      detach,
      [Symbol.asyncDispose]: detach,
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function findBelow(folder: string, pattern: RegExp): Promise<string | undefined> {
  // Folders may go while they are looked at.
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    if (pattern.test(path)) return entry.name;
    const found = await findBelow(path, pattern);
    if (found !== undefined) return found;
  }
  return undefined;
}
