import { ErrnoError } from "../src/linux/errno.ts";
import { DeviceLocks } from "../src/locks/device-locks.ts";
import { SPI_LSB_FIRST } from "../src/spi/constants.ts";
import type { SpiDev } from "../src/spi/ioctl.ts";
import type { SpiSystem } from "../src/spi/system.ts";
import { FakeMachine } from "./linux-machine.ts";

/** A device as spidev shows it. */
export interface FakeSpiDevice {
  /** The mode bits that its controller has. */
  bits: number;
  mode: number;
  openErrno?: number | undefined;
  messageErrno?: number;
  modeErrno?: number;
  /** Makes a message report fewer bytes. */
  transferred?: number;
  /** Whether mode bits are taken without an error, and without effect. */
  isDeaf?: boolean;
  /** Messages, each transfer as "w2:f701 d5" or "r8 @1000". */
  readonly wire: string[];
}

/** A machine with SPI devices behind the system calls, each a wire from MOSI to MISO. */
export class FakeSpiMachine implements SpiSystem {
  platform = "linux";
  readonly devices = new Map<string, FakeSpiDevice>();
  readonly descriptors = new Map<number, string>();
  readonly #files = new FakeMachine();
  readonly tree = this.#files.tree;
  readonly files = this.#files.files;
  loadError: Error | undefined;
  deviceLocks = new DeviceLocks(undefined);
  #nextDescriptor = 20;

  /** Adds a device with its files in /sys and /dev. */
  add(bus: number, chipSelect: number, driver: string | undefined = "spidev"): FakeSpiDevice {
    const device: FakeSpiDevice = { bits: 0x03 | SPI_LSB_FIRST, mode: 0, wire: [] };
    const path = `/dev/spidev${bus}.${chipSelect}`;
    const sysfs = `/sys/bus/spi/devices/spi${bus}.${chipSelect}`;
    this.tree[`/sys/class/spi_master/spi${bus}/uevent`] = { text: "" };
    this.tree[`${sysfs}/modalias`] = { text: "spi:x" };
    if (driver !== undefined) this.tree[`${sysfs}/driver`] = { link: `../../../bus/spi/drivers/${driver}` };
    if (driver === "spidev") {
      this.tree[path] = { mode: 0o660, group: 998, usable: true };
      this.devices.set(path, device);
    }
    return device;
  }

  /** Pulls its adapter out. */
  pullOut(bus: number, chipSelect: number): void {
    const path = `/dev/spidev${bus}.${chipSelect}`;
    delete this.tree[path];
    this.devices.get(path)!.messageErrno = 108;
  }

  locks(): DeviceLocks {
    return this.deviceLocks;
  }

  spiDev(): SpiDev {
    if (this.loadError !== undefined) throw this.loadError;
    return {
      open: (path) => {
        const device = this.devices.get(path);
        if (device === undefined) throw new ErrnoError(`open ${path}`, 2);
        if (device.openErrno !== undefined) throw new ErrnoError(`open ${path}`, device.openErrno);
        const descriptor = this.#nextDescriptor;
        this.#nextDescriptor += 1;
        this.descriptors.set(descriptor, path);
        return descriptor;
      },
      close: (descriptor) => {
        if (!this.descriptors.delete(descriptor)) throw new ErrnoError("close", 9);
      },
      mode: (descriptor) => this.#of(descriptor).mode,
      setMode: (descriptor, mode) => {
        const device = this.#of(descriptor);
        if (device.modeErrno !== undefined) throw new ErrnoError("ioctl SPI_IOC_WR_MODE32", device.modeErrno);
        // spi_setup: bits that the controller does not have.
        if ((mode & ~(device.bits | 0x04)) !== 0) throw new ErrnoError("ioctl SPI_IOC_WR_MODE32", 22);
        if (device.isDeaf !== true) device.mode = mode;
      },
      message: (descriptor, { transfers, tx, rx }, hz) => {
        const device = this.#of(descriptor);
        if (device.messageErrno !== undefined)
          throw new ErrnoError("ioctl SPI_IOC_MESSAGE", device.messageErrno);
        const shown = transfers.map(({ txOffset, rxOffset, length, delayUsecs }) => {
          const sent =
            txOffset === undefined ? new Uint8Array(length) : tx.subarray(txOffset, txOffset + length);
          if (rxOffset !== undefined) rx.set(sent, rxOffset);
          const kind = `${txOffset === undefined ? "" : "w"}${rxOffset === undefined ? "" : "r"}${length}`;
          const data = txOffset === undefined ? "" : `:${Buffer.from(sent).toString("hex")}`;
          return `${kind}${data}${delayUsecs === 0 ? "" : ` d${delayUsecs}`}`;
        });
        device.wire.push(`${shown.join(", ")} @${hz}`);
        return device.transferred ?? transfers.reduce((sum, { length }) => sum + length, 0);
      },
    };
  }

  #of(descriptor: number): FakeSpiDevice {
    const path = this.descriptors.get(descriptor);
    if (path === undefined) throw new ErrnoError("ioctl", 9);
    return this.devices.get(path)!;
  }
}
