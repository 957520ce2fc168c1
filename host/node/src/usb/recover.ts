import { BackendError, UsbError } from "@busbar/host/backend";
import type { Abandoned } from "../locks/device-locks.ts";
import type { LibusbDevice } from "./device.ts";
import type { UsbSystem } from "./system.ts";

/** A driver of the kernel that a killed process had taken away from an interface, and that has not come back. */
export interface LostDriver {
  /** "1-2.3". */
  readonly port: string;
  readonly interfaceNumber: number;
  /** "usbhid". */
  readonly driver: string;
  readonly configuration: number;
}

/**
 * Gives the kernel back what killed processes had taken away: usbfs gives up the claims of a dead process by itself, but
 * gives nothing back. What cannot be given back stays written down.
 */
export function recoverKernelDrivers(devices: readonly LibusbDevice[], system: UsbSystem): void {
  if (system.platform !== "linux") return;
  system.locks().eachAbandoned((abandoned) => {
    const lost = findLost(abandoned, devices);
    return lost === undefined || attach(lost.device, lost.interfaceNumber);
  });
}

/** What has not come back; changes nothing. */
export function lostDrivers(devices: readonly LibusbDevice[], system: UsbSystem): readonly LostDriver[] {
  const lost: LostDriver[] = [];
  if (system.platform !== "linux") return lost;
  system.locks().eachAbandoned((abandoned) => {
    const found = findLost(abandoned, devices);
    if (found !== undefined) lost.push(found);
    return found === undefined;
  });
  return lost;
}

function attach(device: LibusbDevice, interfaceNumber: number): boolean {
  try {
    const handle = device.open();
    try {
      handle.attachKernelDriver(interfaceNumber);
      return true;
    } finally {
      void handle.close();
    }
  } catch (thrown) {
    if (thrown instanceof UsbError || thrown instanceof BackendError) return false;
    throw thrown;
  }
}

/** Undefined where nothing is to be done: a device that was plugged in anew has its driver again. */
function findLost(
  { name, detached }: Abandoned,
  devices: readonly LibusbDevice[],
): (LostDriver & { readonly device: LibusbDevice }) | undefined {
  const [, port, number] = /^usb-(.+)-([0-9]{1,3})$/.exec(name) ?? [];
  const device = devices.find(({ location }) => location.port === port);
  if (port === undefined || device === undefined) return undefined;
  const { busNumber, deviceAddress } = device.location;
  if (detached.busNumber !== busNumber || detached.deviceAddress !== deviceAddress) return undefined;
  const interfaceNumber = Number(number);
  const { driver, configuration } = detached;
  try {
    if (device.activeConfiguration() !== configuration) return undefined;
  } catch (thrown) {
    // It leaves while it is looked at.
    if (thrown instanceof UsbError) return undefined;
    throw thrown;
  }
  if (device.interfaceUser(interfaceNumber) !== undefined) return undefined;
  return { device, port, interfaceNumber, driver, configuration };
}
