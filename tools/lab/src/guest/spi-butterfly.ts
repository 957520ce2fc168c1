import { readdir, readlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { run } from "../run.ts";
import { moduleFolder } from "./environment.ts";
import { waitFor } from "./wait.ts";

/** The kernel's spi-butterfly: an SPI controller out of a parallel port, in mode 0, with one device. */
export interface SpiButterfly extends AsyncDisposable {
  /** B of /dev/spidevB.C. */
  readonly bus: number;
  /** C of /dev/spidevB.C. */
  readonly chipSelect: number;
}

const DEVICES = "/sys/bus/spi/devices";

/**
 * Makes an SPI controller of a parallel port, and gives its device to spidev.
 *
 * @param portModule the kernel module that has the port: "parport_pc" for QEMU's. The kernel makes a controller of the first port
 *   only
 * @throws Error when the kernel does not have the modules
 */
export async function loadSpiButterfly(portModule: string): Promise<SpiButterfly> {
  const modprobe = (...parameters: string[]) => run("modprobe", [...moduleFolder(), ...parameters]);
  const unload = async () => {
    for (const module of ["spi-butterfly", portModule]) await modprobe("--remove", module);
  };
  await modprobe(portModule);
  await modprobe("spi-butterfly");
  try {
    const name = await waitFor("make an SPI device of the parallel port", async () =>
      (await readdir(DEVICES)).find((each) => /^spi\d+\.\d+$/.test(each)),
    );
    await giveToSpidev(name);
    const [bus, chipSelect] = name.slice("spi".length).split(".").map(Number) as [number, number];
    return { bus, chipSelect, [Symbol.asyncDispose]: unload };
  } catch (error) {
    await unload();
    throw error;
  }
}

/** Whatever driver has a device: spidev has it then. */
async function giveToSpidev(name: string): Promise<void> {
  const device = join(DEVICES, name);
  await writeFile(join(device, "driver_override"), "spidev");
  const driver = await readlink(join(device, "driver")).then(basename, () => undefined);
  if (driver === "spidev") return;
  if (driver !== undefined) await writeFile(join(device, "driver/unbind"), name);
  await writeFile("/sys/bus/spi/drivers/spidev/bind", name);
}
