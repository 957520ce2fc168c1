import { BackendError, I2cError } from "@busbar/host/backend";
import { refusal } from "./check.ts";
import { I2C_FUNC_I2C } from "./constants.ts";
import { errnoName, errnoOf, transactionError } from "./errno.ts";
import type { I2cDev } from "./ioctl.ts";
import { openError } from "./remedies.ts";
import { clientName, devicePath, driverAt } from "./sysfs.ts";
import type { LinuxSystem, SystemFiles } from "./system.ts";

const EBUSY = 16;

/** The `I2C_FUNC_SMBUS_...` bits that stand for operations, from quick command to I2C block write. */
const ANY_SMBUS_OPERATION = 0x0fff_0000;

/** An opened `/dev/i2c-N`. */
export class BusFile {
  /** N. */
  readonly number: number;
  /** `/dev/i2c-N`. */
  readonly path: string;
  /** What the adapter can do: `I2C_FUNC_...` bits. */
  readonly functionality: number;
  readonly #dev: I2cDev;
  readonly #files: SystemFiles;
  #descriptor: number | undefined;

  /**
   * Opens a bus. No bus traffic.
   *
   * @returns `undefined` when there is no such device file
   * @throws BackendError when there is one that cannot be used
   */
  static open(number: number, system: LinuxSystem): BusFile | undefined {
    const dev = system.i2cDev();
    const path = devicePath(number);
    let descriptor: number;
    try {
      descriptor = dev.open(path);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === undefined) throw error;
      const reason = openError(errno, path, system.files, error);
      if (reason === undefined) return undefined;
      throw reason;
    }
    try {
      return new BusFile(number, descriptor, dev.funcs(descriptor), dev, system.files);
    } catch (error) {
      dev.close(descriptor);
      const errno = errnoOf(error);
      if (errno === undefined) throw error;
      throw new BackendError(
        `${path} is not a usable I2C bus: asking what it can do failed with ${errnoName(errno)}.`,
        {
          cause: error,
        },
      );
    }
  }

  private constructor(
    number: number,
    descriptor: number,
    functionality: number,
    dev: I2cDev,
    files: SystemFiles,
  ) {
    this.number = number;
    this.path = devicePath(number);
    this.functionality = functionality;
    this.#descriptor = descriptor;
    this.#dev = dev;
    this.#files = files;
  }

  /**
   * Makes sure that no kernel driver is bound to `address`, as i2cget and i2ctransfer do: two drivers on one chip spoil
   * each other's settings, and I2C_RDWR itself does not check. Asked before every transaction, because a driver
   * can be bound at any time; it costs half a microsecond and no bus traffic.
   *
   * @throws I2cError "other" naming the driver and the line that releases the address
   */
  claim(address: number): void {
    try {
      this.#dev.slave(this.descriptor, address);
    } catch (error) {
      if (errnoOf(error) !== EBUSY) throw transactionError(error, this.path, address);
      throw new I2cError({ tag: "other" }, this.#busyMessage(address), { cause: error });
    }
  }

  #busyMessage(address: number): string {
    const driver = driverAt(this.number, address, this.#files);
    const client = clientName(this.number, address);
    const release =
      driver === undefined
        ? "unbind it first, see /sys/bus/i2c/drivers"
        : `release it with: echo ${client} | sudo tee /sys/bus/i2c/drivers/${driver}/unbind`;
    const holder = driver === undefined ? "a kernel driver" : `the kernel driver ${driver}`;
    return refusal(this.path, address, `${holder} uses this address; ${release}`).message;
  }

  /** "i2c": any transaction; "smbus": SMBus operations only; `undefined`: neither. */
  get kind(): "i2c" | "smbus" | undefined {
    if ((this.functionality & I2C_FUNC_I2C) !== 0) return "i2c";
    return (this.functionality & ANY_SMBUS_OPERATION) !== 0 ? "smbus" : undefined;
  }

  /** The file's descriptor. @throws I2cError "other" when it is closed */
  get descriptor(): number {
    if (this.#descriptor === undefined) throw new I2cError({ tag: "other" }, `${this.path} is closed`);
    return this.#descriptor;
  }

  /** The calls that this file was opened with. */
  get dev(): I2cDev {
    return this.#dev;
  }

  /** Closes the file. Closing twice is legal. */
  close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) this.#dev.close(descriptor);
  }
}
