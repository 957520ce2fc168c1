import { addressesOf } from "../bus/i2c/addresses.ts";
import type { I2cBackend, I2cBus } from "../bus/i2c/backend.ts";
import type { I2cGrant } from "../bus/i2c/grant.ts";
import type { UsbBackend } from "../bus/usb/backend.ts";
import type { UsbGrant } from "../bus/usb/grant.ts";
import { UsbHub, type UsbSlot } from "../bus/usb/hub.ts";
import type { Clock } from "../clock.ts";
import type { LoadedComponent } from "../component/artifact.ts";
import type { DeviceModules } from "../device/module.ts";
import type { DeviceKind } from "../device/modules.ts";
import { BackendError, HostError } from "../error.ts";
import type { Folder } from "../folder/backend.ts";
import { DeviceQuota } from "../grants/quota.ts";
import { Supervisor } from "../instance/supervisor.ts";
import { type Link, link } from "../link/link.ts";
import type { Trace } from "../trace/trace.ts";
import type { FolderGrant } from "./app-entry.ts";
import type { BoardChange } from "./change.ts";
import type { DeviceEntry } from "./schema.ts";
import { tryDevice, trySettings } from "./trial.ts";

/** What a platform gives the host. */
export interface Platform {
  readonly clock: Clock;
  /** Asked in this order for the bus of a name. */
  readonly i2c: readonly I2cBackend[];
  /** Asked in this order for the device of an entry. */
  readonly usb?: readonly UsbBackend[];
  /**
   * Opens the folder of an app; makes it where it is missing and the grant is for writing.
   *
   * @param grant its `path` is as in the board file
   * @throws HostError when it cannot be opened
   */
  openFolder?(grant: FolderGrant): Folder;
  /**
   * Finds a driver.
   *
   * @param specifier as in the board file: a package name or a file
   * @throws HostError with code "component"
   */
  loadComponent(specifier: string): Promise<LoadedComponent>;
}

/** One device of an opened board. */
export interface OpenedDevice {
  readonly kind: DeviceKind;
  readonly label: string;
  readonly supervisor: Supervisor;
  readonly usb: UsbSlot | undefined;
  readonly quota: DeviceQuota;
  readonly entry: DeviceEntry;
  readonly driver: CheckedDriver;
}

/** A driver whose imports were checked against its entry. */
export interface CheckedDriver {
  readonly artifact: LoadedComponent;
  readonly link: Link;
}

/** How drivers are changed. */
export interface DriverChangeOptions {
  /** Whether a driver that is refused is left out, and all others go on. */
  readonly tolerant?: boolean;
  /**
   * For a board that runs: whether a device works now. One that does must work with its new entry too, and no new entry may have a
   * setting that its driver refuses; otherwise everything is as before.
   */
  readonly works?: (name: string) => boolean;
}

/** The drivers of an open board: finds and checks them, keeps each running, and changes them while the board is open. */
export class BoardDrivers implements AsyncDisposable {
  readonly #platform: Platform;
  readonly #trace: Trace;
  readonly #modules: DeviceModules;
  readonly #usbHub: UsbHub;
  readonly #devices = new Map<string, OpenedDevice>();
  readonly #wiredUsb = new Map<string, UsbSlot>();
  readonly #refused = new Map<string, HostError>();

  /** @param modules the kinds of devices that there are */
  constructor(platform: Platform, trace: Trace, modules: DeviceModules) {
    this.#platform = platform;
    this.#trace = trace;
    this.#modules = modules;
    this.#usbHub = new UsbHub(platform.usb ?? []);
  }

  /** A device that has a driver. */
  get(name: string): OpenedDevice | undefined {
    return this.#devices.get(name);
  }

  /** Why devices have no driver, where the board was opened without them. */
  get refused(): ReadonlyMap<string, HostError> {
    return this.#refused;
  }

  /** The USB devices without a driver, for the apps that drive them. */
  get wiredUsb(): ReadonlyMap<string, UsbSlot> {
    return this.#wiredUsb;
  }

  /** Keeps the USB device of an entry without a driver for the apps that use its name. */
  wireUsb(name: string, grant: UsbGrant): void {
    this.#wiredUsb.set(name, this.#usbHub.addSlot(name, grant));
  }

  /**
   * Checks what is new of a changed board, then ends the drivers that are not as they were, and puts the new ones in their
   * place.
   *
   * @param onChecked called at once before the first driver is ended
   * @throws HostError where a driver is not found, is no driver, asks for more than it is granted, or drives another kind
   *   of device than the one before it; and where a new entry does not work: nothing has changed then, or everything is as before
   */
  async change(
    { board, replaced, added, removed }: Pick<BoardChange, "board" | "replaced" | "added" | "removed">,
    onChecked: () => void,
    { tolerant = false, works }: DriverChangeOptions = {},
  ): Promise<void> {
    const checked = new Map<string, CheckedDriver>();
    for (const name of [...replaced, ...added]) {
      const driver = await this.#check(name, board.devices[name]!).catch((error: unknown) => {
        if (!tolerant || !(error instanceof HostError)) throw error;
        this.#refused.set(name, error);
      });
      if (driver === undefined) continue;
      const kind = this.#devices.get(name)?.kind ?? driver.link.kind;
      if (driver.link.kind !== kind) {
        const { label } = driver.artifact;
        throw new HostError(
          "board",
          `"${name}" is a ${kind}, and ${label} drives a ${driver.link.kind}; give that device another name.`,
        );
      }
      checked.set(name, driver);
    }
    const { clock } = this.#platform;
    if (works !== undefined) {
      for (const [device, driver] of checked) {
        await trySettings({ device, entry: board.devices[device]!, ...driver, clock });
      }
    }
    const before = [...replaced, ...removed].flatMap((name) => {
      const device = this.#devices.get(name);
      return device === undefined ? [] : [{ name, device, worked: works?.(name) === true }];
    });
    onChecked();
    // All of them end before the first begins, because one may get the place on the bus that another one had.
    const released = Promise.all([
      ...replaced.map((name) => this.#end(name, "its entry of the board was replaced")),
      ...removed.map((name) => this.#end(name, "its entry of the board was removed")),
    ]).then(() => this.#usbHub.share());
    const refusedBefore = new Map(this.#refused);
    let failure: HostError | undefined;
    const tried = before.filter(({ name, worked }) => worked && checked.has(name));
    const tryAll = async () => {
      try {
        for (const { name } of tried) await this.#try(name);
      } catch (error) {
        if (!(error instanceof HostError)) throw error;
        failure = error;
        this.#refused.clear();
        for (const [name, refusal] of refusedBefore) this.#refused.set(name, refusal);
        await this.#putBack(before, [...replaced, ...added]);
      }
    };
    const ready = tried.length === 0 ? released : released.then(tryAll);
    for (const name of removed) this.#refused.delete(name);
    for (const [name, driver] of checked) {
      this.#refused.delete(name);
      this.#devices.set(name, this.#supervise(name, board.devices[name]!, driver, ready));
    }
    await ready;
    if (failure !== undefined) throw failure;
  }

  /** Whether a new entry works, while whoever waits for its device waits on. */
  async #try(device: string): Promise<void> {
    const { entry, driver, usb } = this.#devices.get(device)!;
    const { clock, i2c } = this.#platform;
    const openBusOf = () => (entry.i2c === undefined ? undefined : openBus(device, entry.i2c, i2c));
    await tryDevice({ device, entry, ...driver, clock }, { openBus: openBusOf, usb });
  }

  /** Undoes a change: what came with it ends, and what it ended is there again. */
  async #putBack(
    before: readonly { name: string; device: OpenedDevice }[],
    names: readonly string[],
  ): Promise<void> {
    const released = Promise.all(
      names.map((name) => this.#end(name, "its new entry of the board does not work")),
    ).then(() => this.#usbHub.share());
    for (const { name, device } of before) {
      this.#devices.set(name, this.#supervise(name, device.entry, device.driver, released));
    }
    await released;
  }

  /** Stops all drivers. Closing twice is legal. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#usbHub[Symbol.dispose]();
    await Promise.all([...this.#devices.values()].map(({ supervisor }) => supervisor.stop()));
  }

  async #end(name: string, reason: string): Promise<void> {
    const device = this.#devices.get(name);
    if (device === undefined) return;
    const { supervisor, usb } = device;
    this.#devices.delete(name);
    if (usb !== undefined) this.#usbHub.removeSlot(usb);
    await supervisor.stop(reason);
  }

  /** Finds the driver of an entry and checks its imports. */
  async #check(device: string, entry: DeviceEntry): Promise<CheckedDriver> {
    if (entry.driver === undefined) throw withoutDriver(device);
    const artifact = await loadFor(device, entry.driver, this.#platform);
    return { artifact, link: link(device, entry, artifact.label, artifact.interface, this.#modules) };
  }

  /** @param after what has to be over before the driver may start */
  #supervise(
    device: string,
    entry: DeviceEntry,
    driver: CheckedDriver,
    after: Promise<unknown>,
  ): OpenedDevice {
    const { artifact, link } = driver;
    const { clock, i2c } = this.#platform;
    const usb = entry.usb && this.#usbHub.addSlot(device, entry.usb);
    const quota = new DeviceQuota(entry, clock);
    const supervisor = new Supervisor({
      device,
      entry,
      artifact,
      link,
      quota,
      clock,
      trace: this.#trace,
      openBus: () => (entry.i2c === undefined ? undefined : openBus(device, entry.i2c, i2c)),
      usb,
      after,
    });
    return { kind: link.kind, label: artifact.label, supervisor, usb, quota, entry, driver };
  }
}

/**
 * Loads the component of an entry.
 *
 * @param name of the device or app
 * @throws HostError that names it: several may have the same component
 */
export async function loadFor(name: string, component: string, platform: Platform): Promise<LoadedComponent> {
  try {
    return await platform.loadComponent(component);
  } catch (cause) {
    if (!(cause instanceof HostError) || cause.message.startsWith(`${name}: `)) throw cause;
    throw new HostError(cause.code, `${name}: ${cause.message}`, { cause });
  }
}

/** The error for a device that has no driver. */
export function withoutDriver(name: string): HostError {
  return new HostError(
    "board",
    `"${name}" has no driver, so only an app that brings its own can use it; add "driver" to "devices.${name}".`,
  );
}

/**
 * Opens the bus of a grant.
 *
 * @param device for messages
 * @throws BackendError where no backend has it, or it cannot be used
 */
export function openBus(device: string, grant: I2cGrant, backends: readonly I2cBackend[]): I2cBus {
  for (const backend of backends) {
    const bus = backend.openI2c(grant.bus, { device, addresses: addressesOf(grant) });
    if (bus !== undefined) return bus;
  }
  const tried = backends.map(({ name }) => name).join(" and ") || "no I2C backend";
  throw new BackendError(
    `${device}: there is no I2C bus ${JSON.stringify(grant.bus)} (asked ${tried}); ` +
      'list the buses with "busbar scan", or simulate it.',
  );
}

/**
 * Opens the folder of an app.
 *
 * @param app for messages
 * @throws HostError where the platform has no folders, or it cannot be opened
 */
export function openFolder(app: string, grant: FolderGrant, platform: Platform): Folder {
  if (platform.openFolder !== undefined) return platform.openFolder(grant);
  throw new BackendError(`${app}: this host has no folders; take "folder" out of its entry.`);
}
