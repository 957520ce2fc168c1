import { BackendError } from "@busbar/host/backend";
import { ENODEV, errnoName } from "../linux/errno.ts";
import { forbidden, noPermission, RemediedError, type Remedy, udevRule } from "../linux/remedies.ts";
import { isContainer, isRaspberryPi } from "../linux/sysfs.ts";
import type { SystemFiles } from "../linux/system.ts";
import { deviceName, driverOf, type SpiPlace, spiDevices, spidevPath } from "./sysfs.ts";

const EPERM = 1;
const ENXIO = 6;
const EACCES = 13;

/** Gives every SPI device file to a group spi, and the person to that group. */
const installUdevRule = udevRule("spi", "spidev");

/** The kernel knows no device on SPI at all. */
export function noSpiDevice(files: SystemFiles): Remedy {
  if (isRaspberryPi(files)) {
    return { what: "SPI is switched off on this Raspberry Pi", fix: "sudo raspi-config nonint do_spi 0" };
  }
  return {
    what: "the kernel knows no device on SPI",
    fix: "describe one in the device tree or by an overlay of this board, or plug in a USB adapter",
  };
}

/** The bus is there, but no device file for the chip select line. */
export function noSpidev(place: SpiPlace, files: SystemFiles): Remedy {
  const path = spidevPath(place);
  const name = deviceName(place);
  const known = spiDevices(files);
  if (!known.some((each) => deviceName(each) === name)) {
    const others = known.filter(({ bus }) => bus === place.bus).map(({ chipSelect }) => chipSelect);
    const there = others.length === 0 ? "" : `, only on ${others.join(", ")}`;
    return {
      what: `the kernel knows no device on chip select ${place.chipSelect} of SPI bus ${place.bus}${there}`,
      fix: `correct the number, or describe the device in the device tree${
        isRaspberryPi(files) ? " (/boot/firmware/config.txt: dtoverlay=spi0-2cs and the like)" : ""
      }`,
    };
  }
  const driver = driverOf(place, files);
  if (driver === "spidev") {
    if (isContainer(files)) {
      return { what: `this container was not given ${path}`, fix: `start it with --device ${path}` };
    }
    return { what: `${path} was not made`, fix: "sudo udevadm trigger --subsystem-match=spidev" };
  }
  const unbind =
    driver === undefined ? "" : `echo ${name} | sudo tee /sys/bus/spi/drivers/${driver}/unbind && `;
  return {
    what:
      driver === undefined
        ? `no kernel driver has ${name}, and so there is no ${path}`
        : `the kernel driver ${driver} uses ${name}`,
    fix:
      `${unbind}echo spidev | sudo tee /sys/bus/spi/devices/${name}/driver_override && ` +
      `echo ${name} | sudo tee /sys/bus/spi/drivers/spidev/bind`,
  };
}

/** This user may not open the device file. */
export function noSpiPermission(path: string, files: SystemFiles): Remedy {
  return noPermission(path, files, installUdevRule);
}

/** What opening a device file failed with, as the sentence that a person needs. */
export function spiOpenError(
  errno: number,
  place: SpiPlace,
  files: SystemFiles,
  cause: unknown,
): BackendError {
  const path = spidevPath(place);
  switch (errno) {
    case EACCES:
      return new RemediedError(noSpiPermission(path, files), { cause });
    case EPERM:
      return new RemediedError(forbidden(path, files), { cause });
    // A device file that nobody serves, left by mknod or by an adapter that is gone.
    case ENXIO:
    case ENODEV:
      return new RemediedError(noSpidev(place, files), { cause });
    default:
      return new BackendError(
        `Opening ${path} failed with ${errnoName(errno)}; the kernel log may say why: dmesg`,
        { cause },
      );
  }
}
