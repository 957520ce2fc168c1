import { createRequire } from "node:module";
import { RemediedError, type Remedy } from "./remedies.ts";

/**
 * The calls of an opened bus of the npm package i2c-bus that are used here. Each is one SMBus operation, and throws an
 * error whose `errno` is the kernel's, positive.
 */
export interface SmbusPort {
  /** Send byte. */
  sendByteSync(address: number, byte: number): unknown;
  /** Receive byte. */
  receiveByteSync(address: number): number;
  /** Read byte. */
  readByteSync(address: number, command: number): number;
  /** Read word; the first byte on the bus is the low one. */
  readWordSync(address: number, command: number): number;
  /** I2C block read of 1..32 bytes; returns how many were read. */
  readI2cBlockSync(address: number, command: number, length: number, buffer: Buffer): number;
  /** Write byte. */
  writeByteSync(address: number, command: number, byte: number): unknown;
  /** Write word; the low byte goes first on the bus. */
  writeWordSync(address: number, command: number, word: number): unknown;
  /** I2C block write of 1..32 bytes. */
  writeI2cBlockSync(address: number, command: number, length: number, buffer: Buffer): unknown;
  /** Closes every file that the bus holds; the next call opens afresh. */
  closeSync(): void;
}

/** What is used of the npm package i2c-bus. */
export interface I2cBusModule {
  /** Opens nothing yet: i2c-bus opens a file for each address at its first use. */
  openSync(busNumber: number): SmbusPort;
}

let loaded: I2cBusModule | undefined;

/**
 * Loads i2c-bus, once.
 *
 * @throws RemediedError saying how to build it where it is not built, or that another thread of this process has it:
 *   i2c-bus registers itself with the first thread that loads it, and with no other
 */
export function loadI2cBus(): I2cBusModule {
  if (loaded === undefined) {
    try {
      loaded = createRequire(import.meta.url)("i2c-bus") as I2cBusModule;
    } catch (cause) {
      throw new RemediedError(i2cBusProblem(cause), { cause });
    }
  }
  return loaded;
}

/** Why i2c-bus did not load, and what to do. Exported for its test. */
export function i2cBusProblem(cause: unknown): Remedy {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (reason.includes("did not self-register")) {
    return {
      what: "the npm package i2c-bus is already loaded in another thread of this process, and works in one only",
      fix: "use all SMBus-only adapters from the same thread",
    };
  }
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "MODULE_NOT_FOUND" && reason.includes("'i2c-bus'")) {
    return {
      what: "the npm package i2c-bus, which SMBus-only adapters need, is not installed",
      fix: "npm install i2c-bus",
    };
  }
  return {
    what: `the npm package i2c-bus, which SMBus-only adapters need, is not built for Node ${process.version} (${reason.split("\n", 1)[0]})`,
    fix: "sudo apt install build-essential python3 && npm rebuild i2c-bus  # in the Busbar repository: node scripts/build-i2c-bus.mjs",
  };
}
