import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { findConfigured, kernelDriverOf } from "./usb-host.ts";
import { waitFor } from "./wait.ts";

/** One function of a gadget: Documentation/usb/gadget_configfs.rst, and drivers/usb/gadget/function. */
export interface GadgetFunction {
  /** The kernel's name of it, and one of its own: "hid.keys", "acm.console", "mass_storage.stick", "Loopback.0". */
  readonly name: string;
  /** Files of its folder in configfs, by path ("lun.0/file"), written in this order. */
  readonly attributes?: Readonly<Record<string, string | Uint8Array>>;
}

/** What a gadget is made of. */
export interface GadgetOptions {
  /** Its folder in configfs, and its serial number. */
  readonly name: string;
  /** Of {@link GADGET_VENDOR_ID}. */
  readonly productId: number;
  /** Their interfaces are numbered in this order. */
  readonly functions: readonly GadgetFunction[];
}

/** pid.codes, which gives out product ids for tests. */
export const GADGET_VENDOR_ID = 0x1209;

const CONFIGFS = "/sys/kernel/config/usb_gadget";
const CONFIGURATION = "configs/c.1";
const STRINGS = "strings/0x409";

/** A USB device that the kernel itself is, on dummy_hcd, which has one port. It is made unplugged. */
export class Gadget implements Disposable {
  readonly #folder: string;
  readonly #functions: readonly string[];
  readonly #serialNumber: string;
  #plugged = false;
  /** On the clock of `performance`. */
  #pluggedAt = 0;
  /** What the kernel calls it as its host, once it does: "1-1". */
  #device: string | undefined;
  #removed = false;

  /** @throws Error with the kernel's errno, when it lacks a function or refuses an attribute */
  constructor({ name, productId, functions }: GadgetOptions) {
    this.#folder = join(CONFIGFS, name);
    this.#functions = functions.map((each) => each.name);
    this.#serialNumber = name;
    mkdirSync(join(this.#folder, CONFIGURATION), { recursive: true });
    mkdirSync(join(this.#folder, STRINGS));
    this.#write("idVendor", String(GADGET_VENDOR_ID));
    this.#write("idProduct", String(productId));
    this.#write(join(STRINGS, "serialnumber"), name);
    for (const each of functions) {
      const folder = join("functions", each.name);
      mkdirSync(join(this.#folder, folder));
      for (const [file, value] of Object.entries(each.attributes ?? {})) {
        // What lies deeper may have to be made: lun.1 of a mass storage function.
        mkdirSync(join(this.#folder, folder, dirname(file)), { recursive: true });
        this.#write(join(folder, file), value);
      }
      symlinkSync(join(this.#folder, folder), join(this.#folder, CONFIGURATION, each.name));
    }
  }

  /** Plugs it in. The kernel's other side, which is the host, sees it some time later: {@link recognised}. */
  plug(): void {
    const controller = readdirSync("/sys/class/udc")[0];
    if (controller === undefined) throw new Error("There is no controller for gadgets; load dummy_hcd.");
    this.#pluggedAt = performance.now();
    this.#device = undefined;
    this.#write("UDC", controller);
    this.#plugged = true;
  }

  /**
   * Waits until the kernel, as the host of what was plugged in, has configured it and given its interfaces to drivers: for whoever
   * looks only once whether it is there.
   *
   * @param drivers the kernel's drivers that have to have interfaces by then, by the numbers of these
   * @throws Error when that takes too long
   */
  async recognised(drivers: Readonly<Record<number, string>> = {}): Promise<void> {
    const device = await this.#recognisedDevice();
    for (const [number, driver] of Object.entries(drivers)) {
      await waitFor(`give interface ${number} of ${this.#serialNumber} to ${driver}`, async () =>
        (await kernelDriverOf(device, Number(number))) === driver ? true : undefined,
      );
    }
  }

  /** The kernel's driver of an interface, on the host's side, as {@link kernelDriverOf} has it. */
  async kernelDriverOf(interfaceNumber: number): Promise<string | undefined> {
    return await kernelDriverOf(await this.#recognisedDevice(), interfaceNumber);
  }

  async #recognisedDevice(): Promise<string> {
    this.#device ??= await waitFor(`configure the gadget ${this.#serialNumber}`, () =>
      findConfigured(this.#serialNumber, performance.now() - this.#pluggedAt),
    );
    return this.#device;
  }

  /** Pulls it out, whatever is under way. Doing so twice is legal. */
  unplug(): void {
    if (!this.#plugged) return;
    this.#plugged = false;
    this.#write("UDC", "\n");
  }

  /** Pulls it out and removes it. The kernel waits until nobody has its device files open. Doing so twice is legal. */
  remove(): void {
    if (this.#removed) return;
    this.#removed = true;
    this.unplug();
    for (const name of this.#functions) unlinkSync(join(this.#folder, CONFIGURATION, name));
    rmdirSync(join(this.#folder, CONFIGURATION));
    for (const name of this.#functions) rmdirSync(join(this.#folder, "functions", name));
    rmdirSync(join(this.#folder, STRINGS));
    rmdirSync(this.#folder);
  }

  /** {@link remove} */
  [Symbol.dispose](): void {
    this.remove();
  }

  /** Reads an attribute of a function: `attribute("acm.console", "port_num")`. */
  attribute(functionName: string, file: string): string {
    return readFileSync(join(this.#folder, "functions", functionName, file), "utf8").trim();
  }

  /** Writes an attribute of a function; most of them only while it is unplugged. */
  setAttribute(functionName: string, file: string, value: string): void {
    this.#write(join("functions", functionName, file), value);
  }

  /** The file of the device's side: /dev/hidgN of a "hid" function, /dev/ttyGSN of an "acm" one. */
  deviceFile(functionName: string): string {
    if (functionName.startsWith("acm.")) return `/dev/ttyGS${this.attribute(functionName, "port_num")}`;
    // "236:0"
    return `/dev/hidg${this.attribute(functionName, "dev").split(":")[1]}`;
  }

  #write(file: string, value: string | Uint8Array): void {
    writeFileSync(join(this.#folder, file), value);
  }
}
