import type { UsbGrant } from "@busbar/host";
import { BackendError, describeDevice, factsOf, UsbError } from "@busbar/host/backend";
import { grantedInterfaces, matchesUsb } from "@busbar/host/grants";
import type { Finding } from "../linux/diagnose.ts";
import { capitalized, RemediedError, type Remedy } from "../linux/remedies.ts";
import { LibusbDevice } from "./device.ts";
import type { NativeDevice, UsbModule } from "./module.ts";
import { lostDrivers } from "./recover.ts";
import { kernelDriverGone, missingDeviceFiles, noPermission, noUdev } from "./remedies.ts";
import { deviceFile, SysfsDevice } from "./sysfs.ts";
import { thisUsbSystem, type UsbSystem } from "./system.ts";

/** bDeviceClass of hubs, which no driver here uses. */
const HUB = 9;

/**
 * Looks at everything that USB needs: the native package, the device files, udevd, the permissions of each device. No bus
 * traffic; changes nothing. Ids: "usb", "/dev/bus/usb", "udevd", "1-2.3:1.0" for an
 * interface without its driver, "/dev/bus/usb/001/002".
 */
export function diagnoseUsb(system: UsbSystem = thisUsbSystem): readonly Finding[] {
  const findings = diagnoseUsbSystem(system);
  if (
    findings.some(({ id, ok }) => (id === "usb" || id === "/dev/bus/usb") && !ok) ||
    system.platform !== "linux"
  )
    return findings;
  const devices = withoutHubs(system.usb());
  return [...findings, ...devices.map((native) => diagnoseDevice(system.usb(), native, system))];
}

/**
 * The part of {@link diagnoseUsb} that is about no device in particular: the native package, the device files, udevd.
 */
export function diagnoseUsbSystem(system: UsbSystem = thisUsbSystem): readonly Finding[] {
  const module = load(system);
  if ("ok" in module) return [module];
  const loads: Finding = { id: "usb", ok: true, what: "The npm package usb, which brings libusb, loads." };
  if (system.platform !== "linux") return [loads];
  const missing = missingDeviceFiles(system.files);
  if (missing !== undefined) return [loads, bad("/dev/bus/usb", missing)];
  const devices = withoutHubs(module);
  const lost = lostDrivers(
    devices.map((native) => new LibusbDevice(module, native, system)),
    system,
  );
  return [
    loads,
    { id: "/dev/bus/usb", ok: true, what: `The kernel knows ${devices.length} USB devices besides hubs.` },
    diagnoseUdev(system),
    ...lost.map((each) =>
      bad(`${each.port}:${each.configuration}.${each.interfaceNumber}`, kernelDriverGone(each)),
    ),
  ];
}

/**
 * Looks at what an entry of a board needs of its device: that it is plugged in, may be opened, and that no other program
 * has its interfaces. A driver of the kernel that has them is taken away when our driver starts. No bus traffic.
 *
 * @param grant the entry's
 * @param id of the finding
 * @returns nothing where USB itself does not work, which {@link diagnoseUsbSystem} tells
 */
export function diagnoseUsbGrant(
  grant: UsbGrant,
  id: string,
  system: UsbSystem = thisUsbSystem,
): readonly Finding[] {
  const module = load(system);
  if ("ok" in module) return [];
  const matching = module
    .getDeviceList()
    .map((native) => ({ native, device: new LibusbDevice(module, native, system) }))
    .flatMap((each) => {
      const interfaces = interfacesOf(grant, each.device);
      return interfaces.length === 0 ? [] : [{ ...each, interfaces }];
    });
  const [first] = matching;
  if (first === undefined) {
    const fix = 'plug it in, or correct the entry; "busbar devices" lists what is here';
    return [{ id, ok: false, what: "No USB device that is plugged in matches.", fix }];
  }
  return [diagnoseMatch(first, id, system)];
}

function diagnoseMatch(
  { native, device, interfaces }: { native: NativeDevice; device: LibusbDevice; interfaces: number[] },
  id: string,
  system: UsbSystem,
): Finding {
  const name = describeDevice(device);
  const file = deviceFile(native);
  if (system.platform === "linux" && !system.files.usable(file)) {
    return bad(id, noPermission(device, file, system.files));
  }
  const users = interfaces.map((number) => ({ number, user: device.interfaceUser(number) }));
  const busy = users.find(({ user }) => user === "usbfs");
  if (busy !== undefined) {
    const what = `interface ${busy.number} of ${name} is in use by another program`;
    return bad(id, { what, fix: `sudo fuser -v ${file}  # says which; end it` });
  }
  const kernel = users.filter(({ user }) => user !== undefined);
  const taken = kernel.map(({ number, user }) => `interface ${number} from ${user}`).join(", ");
  const note = taken === "" ? "" : `; its driver takes ${taken} while it runs`;
  return { id, ok: true, what: `The USB device is ${name}, and this user may use it${note}.` };
}

/** What an entry grants of a device; nothing of one that leaves while it is looked at. */
function interfacesOf(grant: UsbGrant, device: LibusbDevice): number[] {
  try {
    const facts = factsOf(device);
    return matchesUsb(grant, facts) ? grantedInterfaces(grant, facts) : [];
  } catch (error) {
    if (!(error instanceof UsbError)) throw error;
    return [];
  }
}

function withoutHubs(module: UsbModule): NativeDevice[] {
  return module.getDeviceList().filter(({ deviceDescriptor }) => deviceDescriptor.bDeviceClass !== HUB);
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
