import { createRequire } from "node:module";
import { I2C_FUNCS, I2C_RDWR, I2C_SLAVE, I2C_SMBUS } from "./constants.ts";
import { bindDeviceCalls } from "./device-calls.ts";
import { RemediedError } from "./remedies.ts";

/** `struct i2c_msg`, linux/i2c.h: one message of a transaction, from its start condition on. */
export interface I2cMessage {
  /** The target, 7 bits right-aligned. */
  readonly addr: number;
  /** `I2C_M_RD`, or 0 for a write. */
  readonly flags: number;
  /** The bytes of `buf` that take part, 0..65535. */
  readonly len: number;
  /** What is written; for a read, what the kernel fills. */
  readonly buf: Uint8Array;
}

/** `struct i2c_smbus_ioctl_data`, linux/i2c-dev.h: one SMBus operation. */
export interface SmbusCall {
  /** `I2C_SMBUS_READ` or `I2C_SMBUS_WRITE`. */
  readonly read_write: number;
  /** The command byte; unused by some operations. */
  readonly command: number;
  /** Which operation: `I2C_SMBUS_QUICK`, `I2C_SMBUS_BYTE`. */
  readonly size: number;
  /** `union i2c_smbus_data`, 34 bytes, filled by reads; `null` for operations without data. */
  readonly data: Uint8Array | null;
}

/**
 * The system calls behind `/dev/i2c-N`, and nothing above them. Everything else in this folder reaches the kernel
 * through this interface, so tests put a model of i2c-dev in its place.
 *
 * Every call throws an `ErrnoError` when the kernel refuses.
 */
export interface I2cDev {
  /** Opens a device file for reading and writing. Returns the descriptor. */
  open(path: string): number;
  /** Closes a descriptor. */
  close(descriptor: number): void;
  /** `I2C_SLAVE`: the address of later `smbus` calls on this descriptor. EBUSY when a kernel driver is bound to it. */
  slave(descriptor: number, address: number): void;
  /** `I2C_FUNCS`: the adapter's `I2C_FUNC_...` bits. No bus traffic. */
  funcs(descriptor: number): number;
  /** `I2C_RDWR`: one transaction. Returns how many messages were transferred. */
  rdwr(descriptor: number, messages: readonly I2cMessage[]): number;
  /** `I2C_SMBUS`: one SMBus operation. */
  smbus(descriptor: number, call: SmbusCall): void;
}

/** The package that calls C. */
export type Koffi = typeof import("koffi");

/**
 * The C structures, laid out by koffi for the running architecture. Without names: koffi keeps names in one table for
 * each thread and refuses the second of a kind.
 */
export function i2cStructures(koffi: Koffi) {
  const message = koffi.struct({ addr: "uint16_t", flags: "uint16_t", len: "uint16_t", buf: "uint8_t *" });
  const rdwr = koffi.struct({ msgs: koffi.pointer(message), nmsgs: "uint32_t" });
  const smbus = koffi.struct({
    read_write: "uint8_t",
    command: "uint8_t",
    size: "uint32_t",
    data: "uint8_t *",
  });
  return { message, rdwr, smbus };
}

let loaded: I2cDev | undefined;

/**
 * The real calls. koffi is loaded by the first call, and once.
 *
 * @throws BackendError when koffi cannot be loaded
 */
export function loadI2cDev(): I2cDev {
  loaded ??= bind(loadKoffi());
  return loaded;
}

/** Loads koffi. @throws RemediedError, one sentence why not */
export function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)("koffi") as Koffi;
  } catch (cause) {
    throw new RemediedError(koffiProblem(cause, nativePartProblem()), { cause });
  }
}

/** koffi says of every failure that its native part is not found: the system's own words for it, where it is there. */
function nativePartProblem(): string | undefined {
  try {
    createRequire(import.meta.url)(`@koromix/koffi-${process.platform}-${process.arch}`);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND"
      ? undefined
      : String(error instanceof Error ? error.message : error);
  }
  return undefined;
}

/**
 * Why koffi did not load, and what to do. Exported for its test.
 *
 * @param native what its native part's own loading fails with; undefined where that is not installed
 */
export function koffiProblem(cause: unknown, native: string | undefined): { what: string; fix: string } {
  const [reason] = (native ?? String(cause instanceof Error ? cause.message : cause)).split("\n", 1);
  const what = `the npm package koffi, which calls the kernel, does not load on ${process.platform} ${process.arch} (${reason})`;
  return { what, fix: nativeFix(reason!) ?? "npm install --include=optional koffi" };
}

/** What mends a native part that is there and yet does not load. Undefined where installing it anew may. */
export function nativeFix(reason: string): string | undefined {
  const missing = /([\w.+-]+\.so[\w.]*): cannot open shared object file/.exec(reason)?.[1];
  if (missing?.startsWith("libudev.")) return "sudo apt install libudev1";
  if (missing !== undefined) return `install the package of this system that has ${missing}`;
  if (/version `?(?:GLIBC|GLIBCXX)/.test(reason))
    return "use a newer release of this system: its C library is too old";
  if (/failed to map segment|Operation not permitted|Permission denied/i.test(reason)) {
    return "move node_modules to a file system that is not mounted noexec, and that this user may read";
  }
  return undefined;
}

/** The calls by their requests. */
function bind(koffi: Koffi): I2cDev {
  const { open, close, ioctl } = bindDeviceCalls(koffi);
  const structures = i2cStructures(koffi);
  const unsignedLong = koffi.types.ulong;
  const unsignedLongResult = koffi.out(koffi.pointer(koffi.types.ulong));
  const rdwrPointer = koffi.pointer(structures.rdwr);
  const smbusPointer = koffi.pointer(structures.smbus);

  return {
    open,
    close,
    slave(descriptor, address) {
      ioctl("I2C_SLAVE", descriptor, I2C_SLAVE, unsignedLong, address);
    },
    funcs(descriptor) {
      const result = [0];
      ioctl("I2C_FUNCS", descriptor, I2C_FUNCS, unsignedLongResult, result);
      return Number(result[0]) >>> 0;
    },
    rdwr(descriptor, messages) {
      // koffi hands the kernel the memory of each `buf` itself, so a read needs no copy back.
      return ioctl("I2C_RDWR", descriptor, I2C_RDWR, rdwrPointer, { msgs: messages, nmsgs: messages.length });
    },
    smbus(descriptor, smbusCall) {
      ioctl("I2C_SMBUS", descriptor, I2C_SMBUS, smbusPointer, smbusCall);
    },
  };
}
