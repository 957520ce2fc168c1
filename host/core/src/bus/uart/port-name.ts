import type { UartPortName } from "./backend.ts";

/**
 * The one name of a port, by which it is compared everywhere: "ttyUSB0" for "/dev/ttyUSB0", "serial/by-id/usb-..." for a link of udev;
 * any other name as it is written. That two links point to one port shows only when they are opened.
 */
export function uartPortNameOf(written: UartPortName): UartPortName {
  return written.startsWith("/dev/") ? written.slice("/dev/".length) : written;
}
