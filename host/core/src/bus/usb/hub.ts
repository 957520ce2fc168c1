import { BackendError } from "../../error.ts";
import type { UsbBackend, UsbDevice, UsbHotplugEvent } from "./backend.ts";
import { UsbError } from "./error.ts";
import { describeDevice, factsOf } from "./facts.ts";
import type { UsbGrant } from "./grant.ts";
import { grantedInterfaces, matchesUsb, type UsbFacts } from "./judge.ts";

/** One entry of the board and the device that it has at the moment. */
export class UsbSlot {
  /** The entry's name in the board file. */
  readonly name: string;
  readonly grant: UsbGrant;
  readonly #hub: UsbHub;
  readonly #listeners = new Set<(event: UsbHotplugEvent) => void>();
  readonly #waiting = new Set<(device: UsbDevice) => void>();
  #device: UsbDevice | undefined;

  constructor(hub: UsbHub, name: string, grant: UsbGrant) {
    this.#hub = hub;
    this.name = name;
    this.grant = grant;
  }

  /** The device that this entry has now. */
  get device(): UsbDevice | undefined {
    return this.#device;
  }

  /** Tells `listener` when the device of this entry arrives or leaves; disposing the result ends that. */
  watch(listener: (event: UsbHotplugEvent) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /**
   * The device of this entry if it is plugged in.
   *
   * @throws BackendError when the platform has no USB
   */
  async present(): Promise<UsbDevice | undefined> {
    await this.#hub.start();
    if (this.#device === undefined && this.#hub.problem !== undefined) throw this.#hub.problem;
    return this.#device;
  }

  /**
   * The device of this entry; where it is absent, waits until it arrives.
   *
   * @param onWait called once when there is none, with why: one sentence without its end
   * @throws BackendError when the platform has no USB; the signal's reason when it aborts
   */
  async find(signal: AbortSignal, onWait: (reason: string) => void): Promise<UsbDevice> {
    const present = await this.present();
    if (present !== undefined) return present;
    signal.throwIfAborted();
    onWait(this.absence);
    const { promise, resolve, reject } = Promise.withResolvers<UsbDevice>();
    const abort = () => reject(signal.reason);
    this.#waiting.add(resolve);
    signal.addEventListener("abort", abort, { once: true });
    try {
      return await promise;
    } finally {
      this.#waiting.delete(resolve);
      signal.removeEventListener("abort", abort);
    }
  }

  /** Why this entry has no device: one sentence without its end. */
  get absence(): string {
    return this.#hub.absence(this);
  }

  /** For the hub: this entry gets a device, or loses it. */
  set(device: UsbDevice | undefined): void {
    const before = this.#device;
    this.#device = device;
    if (device !== undefined) {
      for (const resolve of this.#waiting) resolve(device);
      this.#tell({ event: "arrived", device });
    } else if (before !== undefined) {
      this.#tell({ event: "left", device: before });
    }
  }

  #tell(event: UsbHotplugEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/**
 * Shares the devices of all backends out to the entries of a board: one device each, and no interface twice, so that two
 * devices of the same kind are two instances. Entries that say more about their device choose first. An entry keeps its
 * device until that leaves.
 */
export class UsbHub implements Disposable {
  readonly #backends: readonly UsbBackend[];
  readonly #slots: UsbSlot[] = [];
  readonly #devices = new Set<UsbDevice>();
  readonly #watches: Disposable[] = [];
  /** The backends that nobody has asked yet, because every entry had its device. */
  readonly #unasked: UsbBackend[];
  #looking: Promise<void> = Promise.resolve();
  /** The last look, while nobody has added an entry since. */
  #started: Promise<void> | undefined;
  /** Why a backend could not be used. */
  problem: BackendError | undefined;

  /** @param backends asked in this order; a later one only where an entry has no device of those before */
  constructor(backends: readonly UsbBackend[]) {
    this.#backends = backends;
    this.#unasked = [...backends];
  }

  /** Adds an entry. It gets its device at the next `start`. */
  addSlot(name: string, grant: UsbGrant): UsbSlot {
    const slot = new UsbSlot(this, name, grant);
    this.#slots.push(slot);
    this.#started = undefined;
    return slot;
  }

  /** Takes an entry out. Its device is free for others; they are told by `share`, when its driver has given it back. */
  removeSlot(slot: UsbSlot): void {
    this.#slots.splice(this.#slots.indexOf(slot), 1);
  }

  /**
   * Looks for devices, until each entry has one or no backend is left to ask, and watches them come and go. Starting
   * twice is legal.
   */
  start(): Promise<void> {
    if (this.#started === undefined) {
      this.#looking = this.#looking.then(() => this.#look());
      this.#started = this.#looking;
    }
    return this.#started;
  }

  /** Watches no more. */
  [Symbol.dispose](): void {
    for (const watch of this.#watches.splice(0)) watch[Symbol.dispose]();
  }

  async #look(): Promise<void> {
    if (this.#backends.length === 0) {
      this.problem = new BackendError(
        "there is no USB here; simulate the device, or run where there is USB.",
      );
    }
    this.share();
    while (this.#unasked.length > 0 && this.#slots.some(({ device }) => device === undefined)) {
      const backend = this.#unasked.shift()!;
      try {
        // Watching first: what arrives meanwhile is seen twice rather than not at all.
        this.#watches.push(backend.watch((event) => this.#changed(event)));
        for (const device of await backend.devices()) this.#devices.add(device);
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        this.problem = error;
      }
      this.share();
    }
  }

  #changed({ event, device }: UsbHotplugEvent): void {
    if (event === "arrived") {
      this.#devices.add(device);
    } else {
      this.#devices.delete(device);
      for (const slot of this.#slots) if (slot.device === device) slot.set(undefined);
    }
    this.share();
  }

  /** Gives the devices that are free to the entries that have none. */
  share(): void {
    const choosing = this.#slots
      .filter(({ device }) => device === undefined)
      .sort((left, right) => criteria(right.grant) - criteria(left.grant));
    for (const slot of choosing) {
      const found = [...this.#devices].find((device) => this.#fits(slot, device));
      if (found !== undefined) slot.set(found);
    }
  }

  /** Why an entry has no device: one sentence without its end. Another entry may have what it means. */
  absence(slot: UsbSlot): string {
    for (const device of this.#devices) {
      const facts = readFacts(device);
      if (facts === undefined || !matchesUsb(slot.grant, facts)) continue;
      const wanted = grantedInterfaces(slot.grant, facts);
      if (wanted.length === 0) continue;
      const owner = this.#ownerOf(wanted, device, facts);
      if (owner !== undefined) {
        return `${describeDevice(device)} matches, but "${owner.name}" has interfaces of it that this entry names too; remove one of the entries`;
      }
    }
    return "no USB device that is plugged in matches; plug it in, or correct the entry";
  }

  #fits({ grant }: UsbSlot, device: UsbDevice): boolean {
    const facts = readFacts(device);
    if (facts === undefined || !matchesUsb(grant, facts)) return false;
    const wanted = grantedInterfaces(grant, facts);
    return wanted.length > 0 && this.#ownerOf(wanted, device, facts) === undefined;
  }

  /** The entry that has one of some interfaces. */
  #ownerOf(wanted: readonly number[], device: UsbDevice, facts: UsbFacts): UsbSlot | undefined {
    return this.#slots.find(
      (other) =>
        other.device === device &&
        grantedInterfaces(other.grant, facts).some((number) => wanted.includes(number)),
    );
  }
}

/** Undefined for a device that leaves while it is looked at. */
function readFacts(device: UsbDevice): UsbFacts | undefined {
  try {
    return factsOf(device);
  } catch (error) {
    if (error instanceof UsbError) return undefined;
    throw error;
  }
}

/** How much an entry says about its device. */
function criteria({ vendorId, productId, class: wanted, serialNumber, port }: UsbGrant): number {
  return [vendorId, productId, wanted, serialNumber, port].filter((each) => each !== undefined).length;
}
