import type { SystemFiles } from "../linux/system.ts";

/** Where a device is: B and C of `/dev/spidevB.C`. */
export interface SpiPlace {
  readonly bus: number;
  readonly chipSelect: number;
}

/** "spi0.1", as the kernel calls a device. */
export function deviceName({ bus, chipSelect }: SpiPlace): string {
  return `spi${bus}.${chipSelect}`;
}

/** The device file. */
export function spidevPath({ bus, chipSelect }: SpiPlace): string {
  return `/dev/spidev${bus}.${chipSelect}`;
}

/** The devices that the kernel knows, in the order of their places, whichever driver they have. */
export function spiDevices(files: SystemFiles): readonly SpiPlace[] {
  return (files.list("/sys/bus/spi/devices") ?? [])
    .flatMap((name) => {
      const [, bus, chipSelect] = /^spi([0-9]{1,6})\.([0-9]{1,3})$/.exec(name) ?? [];
      return bus === undefined ? [] : [{ bus: Number(bus), chipSelect: Number(chipSelect) }];
    })
    .sort((left, right) => left.bus - right.bus || left.chipSelect - right.chipSelect);
}

/** Whether the kernel has a controller of this number. */
export function hasController(bus: number, files: SystemFiles): boolean {
  return (files.list("/sys/class/spi_master") ?? []).includes(`spi${bus}`);
}

/** The kernel driver that a device has: "spidev", "bmp280"; undefined where it has none. */
export function driverOf(place: SpiPlace, files: SystemFiles): string | undefined {
  return files
    .link(`/sys/bus/spi/devices/${deviceName(place)}/driver`)
    ?.split("/")
    .pop();
}
