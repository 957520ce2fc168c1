import { readdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { AdapterWorker, type SimulatedTarget } from "./adapter-worker-client.ts";
import { attachUsbIp, detachUsbIp } from "./usbip-tool.ts";
import { waitFor } from "./wait.ts";

/** An I2C adapter of the kernel, with simulated targets behind it. */
export interface I2cAdapter extends AsyncDisposable {
  /** N of /dev/i2c-N. */
  readonly busNumber: number;
  /** The TCP port of the USB/IP server. */
  readonly serverPort: number;

  /**
   * Puts other targets on the bus, at once and for every user of the adapter. A kernel driver that is bound goes on with
   * what it read before: unbind it first.
   */
  replace(targets: readonly SimulatedTarget[]): Promise<void>;

  /** What the simulated display at an address shows, as lines of text; undefined where no display is. */
  picture(address: number): Promise<string | undefined>;

  /**
   * Unplugs the adapter. Close every handle on /dev/i2c-N first: the kernel keeps the adapter until then.
   *
   * @throws Error when the kernel does not let go of it
   */
  detach(): Promise<void>;
}

/** So that this process finds its own adapters among others. */
let serialNumbers = 0;

/**
 * Plugs an i2c-tiny-usb adapter with simulated targets into this kernel, over USB/IP. The simulation runs in a thread of
 * its own, so that this one may block in a read of /dev/i2c-N or of a sysfs file that the adapter has to answer.
 *
 * @param targets what sits on the bus: entries of a board's `simulate` list without the name of the bus
 * @throws HostError for a target that cannot be made; Error when the kernel does not take the adapter
 */
export async function attachI2cAdapter(targets: readonly SimulatedTarget[]): Promise<I2cAdapter> {
  serialNumbers += 1;
  const serialNumber = `busbar-${process.pid}-${serialNumbers}`;
  const worker = await AdapterWorker.start(targets, serialNumber);
  try {
    const { port, busId } = worker;
    await attachUsbIp(port, busId);
    const { busNumber, usbDevice } = await waitFor("make an I2C adapter of the USB device", () =>
      findAdapter(serialNumber),
    );
    let detached: Promise<void> | undefined;
    const detach = () => {
      detached ??= detachAdapter(usbDevice, busNumber).finally(() => worker.close());
      return detached;
    };
    return {
      busNumber,
      serverPort: port,
      replace: (next) => worker.replace(next),
      picture: (address) => worker.picture(address),
      detach,
      [Symbol.asyncDispose]: detach,
    };
  } catch (error) {
    await worker.close();
    throw error;
  }
}

/** The adapter whose USB device has this serial number, and the kernel's name of that device. */
async function findAdapter(
  serialNumber: string,
): Promise<{ busNumber: number; usbDevice: string } | undefined> {
  for (const name of await readdir("/sys/bus/i2c/devices")) {
    const busNumber = /^i2c-(\d+)$/.exec(name)?.[1];
    if (busNumber === undefined) continue;
    // .../usb3/3-1/3-1:1.0/i2c-0
    const device = join(await realpath(`/sys/bus/i2c/devices/${name}`), "../..");
    const serial = await readFile(join(device, "serial"), "utf8").catch(() => "");
    if (serial.trim() === serialNumber) {
      return { busNumber: Number(busNumber), usbDevice: device.slice(device.lastIndexOf("/") + 1) };
    }
  }
  return undefined;
}

async function detachAdapter(usbDevice: string, busNumber: number): Promise<void> {
  await detachUsbIp(usbDevice);
  await waitFor(
    `let go of i2c-${busNumber}; close every handle on /dev/i2c-${busNumber}, or it cannot, and it did not`,
    async () => {
      const names = await readdir("/sys/bus/i2c/devices");
      return names.includes(`i2c-${busNumber}`) ? undefined : true;
    },
  );
}
