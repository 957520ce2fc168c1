import { ErrnoError } from "../src/linux/errno.ts";
import type { I2cBusModule, SmbusPort } from "../src/linux/i2c-bus-module.ts";
import type { I2cDev, I2cMessage, SmbusCall } from "../src/linux/ioctl.ts";
import type { FileStatus, LinuxSystem, SystemFiles } from "../src/linux/system.ts";
import { DeviceLocks } from "../src/locks/device-locks.ts";

/** Linux numbers that the tests inject. */
export const E = {
  EPERM: 1,
  ENOENT: 2,
  EIO: 5,
  ENXIO: 6,
  EACCES: 13,
  EBUSY: 16,
  ENODEV: 19,
  EMFILE: 24,
  ENOTTY: 25,
  ETIMEDOUT: 110,
} as const;

/** All `I2C_FUNC_...` bits of the kernel's I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL, linux/i2c.h. */
export const FULL_I2C = 0x0eff_0009;
/** What i2c-stub has by default: QUICK, BYTE, BYTE_DATA, WORD_DATA, I2C_BLOCK. */
export const STUB_SMBUS = 0x0c7f_0000;

/** A file, a link or a folder of the fake tree. */
export interface FakeFile {
  text?: string;
  link?: string;
  mode?: number;
  group?: number;
  inode?: number;
  usable?: boolean;
}

/** An adapter as i2c-dev shows it. */
export interface FakeAdapter {
  functionality: number;
  /** What each target reads as, endlessly, or a fault. An address that is not here does not acknowledge. */
  targets: Map<number, number[] | { errno: number }>;
  /** Addresses with a bound kernel driver. */
  bound: Set<number>;
  /** Makes `open` fail. */
  openErrno?: number;
  /** Makes I2C_FUNCS fail. */
  funcsErrno?: number;
  /** Lets I2C_RDWR report fewer messages. */
  transferred?: number;
  /** What reached the wire, in order. */
  readonly wire: string[];
}

/** A machine without hardware: a file tree, adapters behind the system calls, and what happened to them. */
export class FakeMachine implements LinuxSystem {
  platform = "linux";
  readonly tree: Record<string, FakeFile> = {};
  readonly adapters = new Map<number, FakeAdapter>();
  /** Descriptors that are open, and the adapter of each: the one that was there then. */
  readonly descriptors = new Map<number, { adapter: FakeAdapter; address: number }>();
  /** How often a bus was opened. */
  opens = 0;
  /** Calls of i2c-bus, in order. */
  readonly port: string[] = [];
  /** What the next calls of i2c-bus throw. */
  portError: Error | undefined;
  /** How many bytes a block read of i2c-bus claims to have read. */
  blockLength: number | undefined;
  loadDevError: Error | undefined;
  loadBusError: Error | undefined;
  clock = 0;
  #nextDescriptor = 20;
  #nextInode = 100;

  /** Adds an adapter with its files in /sys and /dev. */
  addAdapter(number: number, name: string, functionality = FULL_I2C): FakeAdapter {
    const adapter: FakeAdapter = { functionality, targets: new Map(), bound: new Set(), wire: [] };
    this.adapters.set(number, adapter);
    this.tree[`/sys/bus/i2c/devices/i2c-${number}/name`] = { text: `${name}\n` };
    this.tree[`/sys/class/i2c-dev/i2c-${number}/name`] = { text: `${name}\n` };
    this.tree[`/dev/i2c-${number}`] = { mode: 0o660, group: 998, inode: this.#nextInode++, usable: true };
    return adapter;
  }

  /** Pulls an adapter out: its files go at once, and what is open of it only fails. */
  pullOut(number: number): void {
    delete this.tree[`/sys/bus/i2c/devices/i2c-${number}/name`];
    delete this.tree[`/sys/class/i2c-dev/i2c-${number}/name`];
    delete this.tree[`/dev/i2c-${number}`];
    const { targets } = this.adapters.get(number)!;
    for (const address of targets.keys()) targets.set(address, { errno: E.EIO });
  }

  /** Binds a kernel driver to an address. */
  bind(bus: number, address: number, driver: string): void {
    this.adapters.get(bus)?.bound.add(address);
    const client = `${bus}-00${address.toString(16).padStart(2, "0")}`;
    this.tree[`/sys/bus/i2c/devices/${client}/driver`] = { link: `../../../../bus/i2c/drivers/${driver}` };
  }

  readonly files: SystemFiles = {
    list: (path) => {
      const names = Object.keys(this.tree)
        .filter((file) => file.startsWith(`${path}/`))
        .map((file) => file.slice(path.length + 1).split("/")[0]!);
      return names.length === 0 ? undefined : [...new Set(names)];
    },
    read: (path) => this.tree[path]?.text,
    link: (path) => this.tree[path]?.link,
    status: (path): FileStatus | undefined => {
      const file = this.tree[path];
      if (file === undefined) return undefined;
      return { mode: file.mode ?? 0o644, group: file.group ?? 0, inode: file.inode ?? 1 };
    },
    usable: (path) => this.tree[path]?.usable ?? false,
  };

  now(): number {
    return this.clock;
  }

  /** Of a machine of its own: nobody else is there. */
  deviceLocks = new DeviceLocks(undefined);

  locks(): DeviceLocks {
    return this.deviceLocks;
  }

  i2cDev(): I2cDev {
    if (this.loadDevError !== undefined) throw this.loadDevError;
    return this.#dev;
  }

  i2cBus(): I2cBusModule {
    if (this.loadBusError !== undefined) throw this.loadBusError;
    return { openSync: (busNumber) => this.#openPort(busNumber) };
  }

  #adapterOf(descriptor: number): { adapter: FakeAdapter; address: number } {
    const open = this.descriptors.get(descriptor);
    if (open === undefined) throw new ErrnoError("ioctl", 9);
    return open;
  }

  readonly #dev: I2cDev = {
    open: (path) => {
      const bus = Number(path.replace("/dev/i2c-", ""));
      const adapter = this.adapters.get(bus);
      if (adapter === undefined) throw new ErrnoError(`open ${path}`, E.ENOENT);
      if (adapter.openErrno !== undefined) throw new ErrnoError(`open ${path}`, adapter.openErrno);
      const descriptor = this.#nextDescriptor++;
      this.opens += 1;
      this.descriptors.set(descriptor, { adapter, address: 0 });
      return descriptor;
    },
    close: (descriptor) => {
      if (!this.descriptors.delete(descriptor)) throw new ErrnoError("close", 9);
    },
    slave: (descriptor, address) => {
      const { adapter } = this.#adapterOf(descriptor);
      if (adapter.bound.has(address)) throw new ErrnoError("ioctl I2C_SLAVE", E.EBUSY);
      this.descriptors.get(descriptor)!.address = address;
    },
    funcs: (descriptor) => {
      const { adapter } = this.#adapterOf(descriptor);
      if (adapter.funcsErrno !== undefined) throw new ErrnoError("ioctl I2C_FUNCS", adapter.funcsErrno);
      return adapter.functionality;
    },
    rdwr: (descriptor, messages) => {
      const { adapter } = this.#adapterOf(descriptor);
      adapter.wire.push(messages.map(showMessage).join(" "));
      for (const message of messages) {
        const target = acknowledge(adapter, message.addr, "ioctl I2C_RDWR");
        if (message.flags === 1)
          for (let i = 0; i < message.len; i += 1) message.buf[i] = target[i % target.length]!;
      }
      return adapter.transferred ?? messages.length;
    },
    smbus: (descriptor, call) => {
      const { adapter, address } = this.#adapterOf(descriptor);
      adapter.wire.push(showSmbus(address, call));
      const target = acknowledge(adapter, address, "ioctl I2C_SMBUS");
      if (call.data !== null) call.data[0] = target[0]!;
    },
  };

  #openPort(busNumber: number): SmbusPort {
    const log = (text: string): void => {
      this.port.push(`i2c-${busNumber} ${text}`);
      if (this.portError !== undefined) throw this.portError;
    };
    return {
      sendByteSync: (address, byte) => log(`sendByte ${address} ${byte}`),
      receiveByteSync: (address) => {
        log(`receiveByte ${address}`);
        return 0xab;
      },
      readByteSync: (address, command) => {
        log(`readByte ${address} ${command}`);
        return 0x60;
      },
      readWordSync: (address, command) => {
        log(`readWord ${address} ${command}`);
        return 0xbeef;
      },
      readI2cBlockSync: (address, command, length, buffer) => {
        log(`readI2cBlock ${address} ${command} ${length}`);
        buffer.set(Array.from({ length }, (_, i) => i + 1));
        return this.blockLength ?? length;
      },
      writeByteSync: (address, command, byte) => log(`writeByte ${address} ${command} ${byte}`),
      writeWordSync: (address, command, word) => log(`writeWord ${address} ${command} ${word}`),
      writeI2cBlockSync: (address, command, length, buffer) =>
        log(`writeI2cBlock ${address} ${command} ${length} ${buffer.toString("hex")}`),
      closeSync: () => {
        this.port.push(`i2c-${busNumber} close`);
      },
    };
  }
}

function acknowledge(adapter: FakeAdapter, address: number, call: string): number[] {
  const target = adapter.targets.get(address);
  if (target === undefined) throw new ErrnoError(call, E.ENXIO);
  if (!Array.isArray(target)) throw new ErrnoError(call, target.errno);
  return target;
}

function showMessage(message: I2cMessage): string {
  const data =
    message.flags === 1 ? "" : `:${Buffer.from(message.buf.subarray(0, message.len)).toString("hex")}`;
  return `${message.flags === 1 ? "r" : "w"}${message.len}@${message.addr.toString(16)}${data}`;
}

function showSmbus(address: number, { read_write, command, size, data }: SmbusCall): string {
  return `smbus@${address.toString(16)} rw=${read_write} command=${command} size=${size} data=${data?.length ?? "null"}`;
}

/** What a function throws; a test that expects an error and gets none fails here. */
export function thrown(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error("expected an error, and there was none");
}
