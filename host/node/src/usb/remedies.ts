import { type BackendError, describeDevice } from "@busbar/host/backend";
import { RemediedError, type Remedy } from "../linux/remedies.ts";
import { isContainer } from "../linux/sysfs.ts";
import type { SystemFiles } from "../linux/system.ts";
import type { LibusbDevice } from "./device.ts";
import { callError, errnoOf } from "./errors.ts";
import type { LostDriver } from "./recover.ts";

const LIBUSB_ERROR_ACCESS = -3;

/**
 * What opening a device failed with, as the sentence that a person needs where there is one.
 *
 * @param file the device file, on Linux
 */
export function openError(
  thrown: unknown,
  device: LibusbDevice,
  platform: string,
  file: string,
  files: SystemFiles,
): Error {
  const name = describeDevice(device);
  if (platform === "linux") {
    const missing = missingDeviceFiles(files);
    if (missing !== undefined) return remedied(missing, thrown);
    if (errnoOf(thrown) === LIBUSB_ERROR_ACCESS) return remedied(noPermission(device, file, files), thrown);
  }
  if (platform === "win32" && callError(thrown, "").payload === "not-supported") {
    const what = `no driver that libusb can use is installed for ${name}`;
    return remedied(
      { what, fix: "install WinUSB for the device with Zadig (https://zadig.akeo.ie)" },
      thrown,
    );
  }
  return callError(thrown, `opening ${name}`);
}

/** What is wrong where Linux has no device files for USB at all. */
export function missingDeviceFiles(files: SystemFiles): Remedy | undefined {
  if (files.status("/dev/bus/usb") !== undefined) return undefined;
  return isContainer(files)
    ? { what: "this container was given no USB", fix: "start it with --device /dev/bus/usb" }
    : { what: "there is no /dev/bus/usb", fix: "sudo modprobe usbcore, or plug in a USB host adapter" };
}

/** The device file is there, but this user may not open it. */
export function noPermission(device: LibusbDevice, file: string, files: SystemFiles): Remedy {
  const what = `this user may not open ${file}, which is ${describeDevice(device)}`;
  if (isContainer(files)) {
    return { what, fix: "start the container with --device /dev/bus/usb, as a user who may open it" };
  }
  const { vendorId, productId } = device.descriptor;
  const rule = `SUBSYSTEM=="usb", ATTR{idVendor}=="${hex4(vendorId)}", ATTR{idProduct}=="${hex4(productId)}", GROUP="plugdev", MODE="0660", TAG+="uaccess"`;
  return {
    what,
    fix:
      "sudo groupadd -f -r plugdev && sudo usermod -aG plugdev $USER" +
      ` && echo '${rule}' | sudo tee /etc/udev/rules.d/60-busbar-${hex4(vendorId)}-${hex4(productId)}.rules` +
      " && sudo udevadm control --reload && sudo udevadm trigger --subsystem-match=usb  # then log in again",
  };
}

/** Without udevd, nobody tells libusb that a device has arrived. */
export const noUdev: Remedy = {
  what: "udevd does not run, and without it nobody tells when a USB device is plugged in",
  fix: "sudo systemctl start systemd-udevd, or plug the device in before starting",
};

/** A driver of the kernel that a killed process had taken, and that could not be given back. */
export function kernelDriverGone({ port, interfaceNumber, driver, configuration }: LostDriver): Remedy {
  return {
    what: `a process that was killed had taken interface ${interfaceNumber} of the USB device on port ${port} from the kernel driver ${driver}, which is still without it`,
    fix: `echo ${port}:${configuration}.${interfaceNumber} | sudo tee /sys/bus/usb/drivers/${driver}/bind`,
  };
}

function remedied(remedy: Remedy, cause: unknown): BackendError {
  return new RemediedError(remedy, { cause });
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, "0");
}
