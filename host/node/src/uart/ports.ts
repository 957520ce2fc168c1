import { uartPortNameOf } from "@busbar/host/backend";
import type { DeviceNumber, UartSystem } from "./system.ts";

/** The device file of a port. */
export function uartPath(port: string): string {
  return `/dev/${uartPortNameOf(port)}`;
}

/** Unix98 pseudo terminals (Documentation/admin-guide/devices.txt): they are in no class of /sys. */
const firstPty = 136;
const lastPty = 143;
/** Virtual consoles, and what stands for the terminal of a process: ttys, and no serial ports. */
const consoles = 4;
const firstSerial = 64;
const ownTerminal = 5;

/** Whether a character device is a serial port. It is not opened: opening is what makes some devices act, such as a watchdog. */
export function isSerialPort({ major, minor }: DeviceNumber, { files }: Pick<UartSystem, "files">): boolean {
  if (major >= firstPty && major <= lastPty) return true;
  if (major === ownTerminal || (major === consoles && minor < firstSerial)) return false;
  return files.link(`/sys/dev/char/${major}:${minor}/subsystem`)?.split("/").pop() === "tty";
}

/**
 * The serial ports of the machine that something is behind, by their names below /dev, in order. A UART of the 8250 family that is not there
 * has a device file, and the type 0 (PORT_UNKNOWN of linux/serial_core.h).
 */
export function uartPorts({ files }: Pick<UartSystem, "files">): readonly string[] {
  return (files.list("/sys/class/tty") ?? [])
    .filter((name) => {
      const folder = `/sys/class/tty/${name}`;
      const isDevice = files.link(`${folder}/device`) !== undefined;
      return isDevice && files.read(`${folder}/type`)?.trim() !== "0";
    })
    .sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
}
