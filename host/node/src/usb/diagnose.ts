import { BackendError, describeDevice } from "@busbar/host";
import type { Finding } from "../linux/diagnose.ts";
import { capitalized, RemediedError, type Remedy } from "../linux/remedies.ts";
import { LibusbDevice } from "./device.ts";
import type { NativeDevice, UsbModule } from "./module.ts";
import { noDeviceFiles, noPermission, noUdev } from "./remedies.ts";
import { deviceFile, SysfsDevice } from "./sysfs.ts";
import { thisUsbSystem, type UsbSystem } from "./system.ts";

/** bDeviceClass of hubs, which no driver here uses. */
const HUB = 9;

/**
 * Looks at everything that USB needs: the native package, the device files, udevd, the permissions of each device. No bus
 * traffic; changes nothing. Ids: "usb", "/dev/bus/usb", "udevd", "/dev/bus/usb/001/002".
 */
export function diagnoseUsb(system: UsbSystem = thisUsbSystem): readonly Finding[] {
  const module = load(system);
  if ("ok" in module) return [module];
  const loads: Finding = { id: "usb", ok: true, what: "The npm package usb, which brings libusb, loads." };
  if (system.platform !== "linux") return [loads];
  if (system.files.status("/dev/bus/usb") === undefined) {
    return [loads, bad("/dev/bus/usb", noDeviceFiles(system.files))];
  }
  const devices = module
    .getDeviceList()
    .filter(({ deviceDescriptor }) => deviceDescriptor.bDeviceClass !== HUB);
  return [
    loads,
    { id: "/dev/bus/usb", ok: true, what: `The kernel knows ${devices.length} USB devices besides hubs.` },
    diagnoseUdev(system),
    ...devices.map((native) => diagnoseDevice(module, native, system)),
  ];
}

function load(system: UsbSystem): UsbModule | Finding {
  try {
    return system.usb();
  } catch (error) {
    if (error instanceof RemediedError) return bad("usb", error.remedy);
    if (error instanceof BackendError) return { id: "usb", ok: false, what: error.message };
    throw error;
  }
}

function diagnoseUdev({ files }: UsbSystem): Finding {
  if (files.status("/run/udev/control") === undefined) return bad("udevd", noUdev);
  return { id: "udevd", ok: true, what: "udevd runs, so USB devices may come and go." };
}

function diagnoseDevice(module: UsbModule, native: NativeDevice, system: UsbSystem): Finding {
  const file = deviceFile(native);
  const device = new LibusbDevice(module, native, system);
  if (!system.files.usable(file)) return bad(file, noPermission(device, file, system.files));
  const sysfs = new SysfsDevice(native, system);
  const configuration = device.configurations.find((each) => each !== undefined);
  const numbers = new Set(configuration?.interfaces.map(({ interfaceNumber }) => interfaceNumber));
  const users = [...numbers].flatMap((number) => {
    const driver = sysfs.driver(configuration!.configurationValue, number);
    return driver === undefined
      ? []
      : [`interface ${number} by ${driver === "usbfs" ? "another program" : driver}`];
  });
  const used = users.length === 0 ? "" : `; in use: ${users.join(", ")}`;
  return {
    id: file,
    ok: true,
    what: `This user may use ${file}, which is ${describeDevice(device)}${used}.`,
  };
}

function bad(id: string, { what, fix }: Remedy): Finding {
  return { id, ok: false, what: `${capitalized(what)}.`, fix };
}
