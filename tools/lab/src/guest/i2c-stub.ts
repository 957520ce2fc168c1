import { readdir, readFile } from "node:fs/promises";
import { run } from "../run.ts";
import { moduleFolder } from "./environment.ts";

/** The kernel's i2c-stub: an adapter that speaks SMBus only, with chips that are plain registers. */
export interface I2cStub extends AsyncDisposable {
  /** N of /dev/i2c-N. */
  readonly busNumber: number;

  /**
   * Writes registers of a chip, as many as `data` has bytes, from `register` on.
   *
   * @param address one of those that the stub was loaded with
   */
  write(address: number, register: number, data: Uint8Array): Promise<void>;

  /** Unloads the module. Close every handle on /dev/i2c-N first. Doing so twice is legal. */
  unload(): Promise<void>;
}

/** What an SMBus block of the I2C kind holds at most. */
const BLOCK_LENGTH = 32;

/**
 * Loads i2c-stub. The kernel has one at a time.
 *
 * @param addresses of its chips: one to ten
 * @throws Error when the kernel does not have the module, or has it loaded already
 */
export async function loadI2cStub(addresses: readonly number[]): Promise<I2cStub> {
  const chips = addresses.map((address) => `0x${address.toString(16)}`).join(",");
  await run("modprobe", [...moduleFolder(), "--first-time", "i2c-stub", `chip_addr=${chips}`]);
  let loaded = true;
  const unload = async (): Promise<void> => {
    if (!loaded) return;
    loaded = false;
    await run("modprobe", [...moduleFolder(), "--remove", "i2c-stub"]);
  };
  try {
    const busNumber = await findStub();
    return {
      busNumber,
      write: (address, register, data) => writeRegisters(busNumber, address, register, data),
      unload,
      [Symbol.asyncDispose]: unload,
    };
  } catch (error) {
    await unload();
    throw error;
  }
}

async function findStub(): Promise<number> {
  for (const name of await readdir("/sys/bus/i2c/devices")) {
    const busNumber = /^i2c-(\d+)$/.exec(name)?.[1];
    if (busNumber === undefined) continue;
    const text = await readFile(`/sys/bus/i2c/devices/${name}/name`, "utf8");
    if (text.trim() === "SMBus stub driver") return Number(busNumber);
  }
  throw new Error("The kernel made no adapter of i2c-stub.");
}

async function writeRegisters(
  busNumber: number,
  address: number,
  register: number,
  data: Uint8Array,
): Promise<void> {
  for (let offset = 0; offset < data.length; offset += BLOCK_LENGTH) {
    const values = [address, register + offset, ...data.subarray(offset, offset + BLOCK_LENGTH)];
    await run("i2cset", ["-y", String(busNumber), ...values.map((value) => `0x${value.toString(16)}`), "i"]);
  }
}
