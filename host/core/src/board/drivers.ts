import type { Bridges } from "../bridge/bridge.ts";
import { BridgedWiring } from "../bridge/bridged-wiring.ts";
import { DriverBridge } from "../bridge/driver-bridge.ts";
import { BridgeOrder, behindBridges } from "../bridge/order.ts";
import { bridgedPlace } from "../bridge/place.ts";
import { Turns } from "../bridge/turns.ts";
import {
  type BackendsOf,
  type BusConnection,
  type BusModule,
  type BusModules,
  type BusWire,
  grantOf,
  wiredBuses,
} from "../bus/module.ts";
import type { BusOpened, OpenedBuses } from "../bus/opened.ts";
import { type AppRun, type DrivenDevice, endAll } from "../bus/running.ts";
import type { BusTypes } from "../bus/types.ts";
import type { Clock } from "../clock.ts";
import type { LoadedComponent } from "../component/artifact.ts";
import type { DeviceModules } from "../device/module.ts";
import type { DeviceKind } from "../device/modules.ts";
import { BackendError, HostError } from "../error.ts";
import type { Folder } from "../folder/backend.ts";
import { DeviceQuota } from "../grants/quota.ts";
import { Supervisor } from "../instance/supervisor.ts";
import { link } from "../link/link.ts";
import type { BuiltIn } from "../modules.ts";
import type { Trace } from "../trace/trace.ts";
import type { FolderGrant } from "./app-entry.ts";
import type { ChangeOf } from "./change.ts";
import type { CheckedDriver } from "./checked-driver.ts";
import { type EntryPlace, entryOf } from "./entries.ts";
import type { CommonEntry } from "./entry.ts";
import type { AnyBoard } from "./schema.ts";
import { tryDevice, trySettings } from "./trial.ts";
import { busesOf } from "./wiring.ts";

/** What a platform gives the host: `i2c`, `usb` and the like are its backends for the buses of these modules. */
export type Platform<Modules extends BusModules = BuiltIn> = PlatformServices & BackendsOf<Modules>;

/** What a platform gives the host beside its buses. */
export interface PlatformServices {
  readonly clock: Clock;
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
   * @param wired the buses that its entry is wired to, by their keys; none for an app. A package may have a component for each
   * @throws HostError with code "component"
   */
  loadComponent(specifier: string, wired: readonly string[]): Promise<LoadedComponent>;
}

/** One device of an opened board. */
export interface OpenedDevice {
  readonly kind: DeviceKind;
  readonly label: string;
  readonly supervisor: Supervisor;
  /** What its entry is wired to. */
  readonly wires: readonly BusWire[];
  readonly quota: DeviceQuota;
  readonly entry: CommonEntry;
  readonly driver: CheckedDriver;
  /** How many bridges are between it and this machine. */
  readonly depth: number;
  /** What others have of it that are wired to its buses; undefined where it is no bridge. */
  readonly bridge: DriverBridge | undefined;
}

/** A device that only apps drive which bring their own driver. */
interface UndrivenDevice {
  readonly entry: CommonEntry;
  /** Of all runs of all apps together. */
  readonly quota: DeviceQuota;
  readonly wires: readonly BusWire[];
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

/** The parts of a checked board that have entries. */
type Entries = Pick<AnyBoard, "bridges" | "devices">;

/** The drivers of an open board, those of its bridges too: finds and checks them, keeps each running, and changes them while the board is open. */
export class BoardDrivers implements AsyncDisposable {
  readonly #platform: PlatformServices;
  readonly #trace: Trace;
  readonly #modules: BusModules;
  readonly #kinds: DeviceModules;
  readonly #connections: ReadonlyMap<BusModule, BusConnection>;
  readonly #devices = new Map<string, OpenedDevice>();
  readonly #undriven = new Map<string, UndrivenDevice>();
  readonly #refused = new Map<string, HostError>();
  /** Of the bridges that share a bus, by its key and name. */
  readonly #turns = new Map<string, Turns>();

  /**
   * @param modules the buses that the entries can be wired to
   * @param kinds the kinds of devices that there are
   * @param isBridged whether entries may be wired to bridges; what is not there is not asked
   */
  constructor(
    platform: PlatformServices,
    trace: Trace,
    modules: BusModules,
    kinds: DeviceModules,
    isBridged: boolean,
  ) {
    this.#platform = platform;
    this.#trace = trace;
    this.#modules = modules;
    this.#kinds = kinds;
    const bridges: Bridges = { get: (name) => this.#bridge(name) };
    this.#connections = new Map(
      modules.map((module) => {
        const bridged = isBridged ? module.bridged?.backend(bridges) : undefined;
        const backends = backendsOf(platform, module);
        return [module, module.connect(bridged === undefined ? backends : [bridged, ...backends])];
      }),
    );
  }

  /** A device that has a driver. */
  get(name: string): OpenedDevice | undefined {
    return this.#devices.get(name);
  }

  /** Why devices have no driver, where the board was opened without them. */
  get refused(): ReadonlyMap<string, HostError> {
    return this.#refused;
  }

  /** What the limits of a device leave, whether it has a driver or not; undefined where its driver was refused. */
  quotaOf(name: string): DeviceQuota | undefined {
    return (this.#devices.get(name) ?? this.#undriven.get(name))?.quota;
  }

  /** Keeps the places of an entry without a driver for the apps that use its name. */
  keepForApps(name: string, entry: CommonEntry): void {
    const quota = new DeviceQuota(entry, this.#platform.clock, this.#modules);
    this.#undriven.set(name, { entry, quota, wires: this.#wire(name, entry) });
  }

  /** Opens the buses of the devices that a run of an app drives itself. */
  async openForApp(run: AppRun): Promise<OpenedBuses> {
    const opened = new Map<string, BusOpened>();
    try {
      for (const [module, connection] of this.#connections) {
        const devices = [...run.wired.keys()].flatMap((name) => this.#appDevice(name, module) ?? []);
        if (devices.length > 0) opened.set(module.key, await connection.openForApp(devices, run));
      }
      return opened;
    } catch (cause) {
      await endAll(opened);
      throw cause;
    }
  }

  #appDevice(name: string, module: BusModule): DrivenDevice | undefined {
    const { entry, quota, wires } = this.#undriven.get(name)!;
    const wire = wires.find((each) => each.module === module);
    if (wire === undefined) return undefined;
    const counts = quota.countsOf(module)!;
    return { name, entry, grant: grantOf(module, entry), wiring: wire.wiring, quota, counts };
  }

  /** Gives an entry its places on the buses that it is wired to. */
  #wire(name: string, entry: CommonEntry): BusWire[] {
    return wiredBuses(this.#modules, entry).map(({ module, grant }) => {
      const wiring = this.#connections.get(module)!.wire(name, grant);
      const { bridged } = module;
      const behind = (bridged?.placesOf(grant) ?? []).flatMap((name) => {
        const place = bridgedPlace(name);
        const bridge = place && this.#devices.get(place.bridge)?.bridge;
        return bridge === undefined ? [] : [{ bridge, place: place! }];
      });
      return {
        module,
        wiring: behind.length === 0 ? wiring : new BridgedWiring(wiring, bridged!, behind),
      };
    });
  }

  /** The turns of a bridge that shares its bus with others; undefined where it shares none. */
  #sharedTurns(entry: CommonEntry): Turns | undefined {
    for (const { module, grant } of wiredBuses(this.#modules, entry)) {
      const bus = module.bridged?.sharedBus?.(grant);
      if (bus === undefined) continue;
      const key = JSON.stringify([module.key, bus]);
      const turns = this.#turns.get(key) ?? new Turns();
      this.#turns.set(key, turns);
      return turns;
    }
    return undefined;
  }

  /** @throws HostError why it was refused */
  #bridge(name: string): DriverBridge | undefined {
    const refusal = this.#refused.get(name);
    if (refusal !== undefined) throw refusal;
    return this.#devices.get(name)?.bridge;
  }

  /** What was given back is free for others. */
  #share(): void {
    for (const connection of this.#connections.values()) connection.share();
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
    { board, replaced, added, removed }: Pick<ChangeOf<AnyBoard>, "board" | "replaced" | "added" | "removed">,
    onChecked: () => void,
    { tolerant = false, works }: DriverChangeOptions = {},
  ): Promise<void> {
    const checked = new Map<string, CheckedDriver>();
    for (const name of [...replaced, ...added]) {
      const driver = await this.#check(name, board).catch((error: unknown) => {
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
    const modules = this.#modules;
    if (works !== undefined) {
      for (const [device, driver] of checked) {
        await trySettings({ device, entry: entryOf(board, device)!, ...driver, clock, modules });
      }
    }
    const before = [...replaced, ...removed].flatMap((name) => {
      const device = this.#devices.get(name);
      return device === undefined ? [] : [{ name, device, worked: works?.(name) === true }];
    });
    onChecked();
    // All of them end before the first begins, because one may get the place on the bus that another one had.
    const released = this.#end([
      ...replaced.map((name) => ({ name, reason: "its entry of the board was replaced" })),
      ...removed.map((name) => ({ name, reason: "its entry of the board was removed" })),
    ]);
    const refusedBefore = new Map(this.#refused);
    let failure: HostError | undefined;
    // A bridge that is new as well starts when all of this is over.
    const behind = behindBridges(board, checked.keys(), modules);
    const tried = before.filter(({ name, worked }) => worked && checked.has(name) && !behind.has(name));
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
    const order = new BridgeOrder(board.bridges, modules);
    const entering = [...checked].map(([name, driver]) => {
      const entry = entryOf(board, name)!;
      return { name, entry, driver, depth: order.depthOf(entry) };
    });
    // Bridges first: what is wired to them has to find them.
    for (const each of entering.toSorted((one, other) => one.depth - other.depth)) {
      this.#refused.delete(each.name);
      this.#devices.set(each.name, this.#supervise(each, ready));
    }
    await ready;
    if (failure !== undefined) throw failure;
  }

  /** Whether a new entry works, while whoever waits for its device waits on. */
  async #try(device: string): Promise<void> {
    const { entry, driver, wires } = this.#devices.get(device)!;
    const { clock } = this.#platform;
    await tryDevice({ device, entry, ...driver, clock, modules: this.#modules }, wires);
  }

  /** Undoes a change: what came with it ends, and what it ended is there again. */
  async #putBack(
    before: readonly { name: string; device: OpenedDevice }[],
    names: readonly string[],
  ): Promise<void> {
    const released = this.#end(
      names.map((name) => ({ name, reason: "its new entry of the board does not work" })),
    );
    for (const { name, device } of before.toSorted((one, other) => one.device.depth - other.device.depth)) {
      this.#devices.set(name, this.#supervise({ name, ...device }, released));
    }
    await released;
  }

  /** Stops all drivers. Closing twice is legal. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections.values()) connection[Symbol.dispose]();
    await stopAll([...this.#devices.values()].map((device) => ({ device })));
  }

  /** Ends drivers, and gives back what they had. */
  async #end(ended: readonly { readonly name: string; readonly reason: string }[]): Promise<void> {
    const stopped = ended.flatMap(({ name, reason }) => {
      const device = this.#devices.get(name);
      this.#devices.delete(name);
      for (const { wiring } of device?.wires ?? []) wiring.remove?.();
      return device === undefined ? [] : [{ device, reason }];
    });
    await stopAll(stopped);
    this.#share();
  }

  /** Finds the driver of an entry and checks its imports. */
  async #check(device: string, board: Entries): Promise<CheckedDriver> {
    const entry = entryOf(board, device)!;
    if (entry.driver === undefined) throw withoutDriver(device);
    const modules = this.#modules;
    const kinds = this.#kinds;
    const place: EntryPlace = Object.hasOwn(board.bridges, device) ? "bridges" : "devices";
    const artifact = await loadFor(device, entry.driver, busesOf(entry, modules), this.#platform);
    const linked = link(device, entry, artifact.label, artifact.interface, { place, modules, kinds });
    return { artifact, link: linked };
  }

  /** @param after what has to be over before the driver may start */
  #supervise(
    {
      name: device,
      entry,
      driver,
      depth,
    }: Pick<OpenedDevice, "entry" | "driver" | "depth"> & { name: string },
    after: Promise<unknown>,
  ): OpenedDevice {
    const { artifact, link } = driver;
    const { clock } = this.#platform;
    const wires = this.#wire(device, entry);
    const quota = new DeviceQuota(entry, clock, this.#modules);
    const supervisor = new Supervisor({
      device,
      entry,
      artifact,
      link,
      quota,
      clock,
      trace: this.#trace,
      wires,
      after,
    });
    const exported = link.controllers;
    const turns = this.#sharedTurns(entry);
    const bridge =
      link.kind === "bridge"
        ? new DriverBridge({ name: device, supervisor, wires, exported, turns })
        : undefined;
    return { kind: link.kind, label: artifact.label, supervisor, wires, quota, entry, driver, depth, bridge };
  }
}

/** Stops drivers: what is behind bridges before these, so that each can still leave its part as it should. */
async function stopAll(
  stopped: readonly { readonly device: OpenedDevice; readonly reason?: string }[],
): Promise<void> {
  const byDepth = Map.groupBy(stopped, ({ device }) => device.depth);
  for (const depth of [...byDepth.keys()].sort((one, other) => other - one)) {
    const group = byDepth.get(depth)!;
    await Promise.all(group.map(({ device, reason }) => device.supervisor.stop(reason)));
  }
}

/**
 * Loads the component of an entry.
 *
 * @param name of the device or app
 * @param wired the buses that the device is wired to
 * @throws HostError that names it: several may have the same component
 */
export async function loadFor(
  name: string,
  component: string,
  wired: readonly string[],
  platform: PlatformServices,
): Promise<LoadedComponent> {
  try {
    return await platform.loadComponent(component, wired);
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

/** What a platform has for a bus. */
function backendsOf<Types extends BusTypes>(
  platform: PlatformServices,
  { key }: BusModule<Types>,
): readonly Types["backend"][] {
  return (platform as PlatformServices & BackendsOf<BusModules>)[key] ?? [];
}

/**
 * Opens the folder of an app.
 *
 * @param app for messages
 * @throws HostError where the platform has no folders, or it cannot be opened
 */
export function openFolder(app: string, grant: FolderGrant, platform: PlatformServices): Folder {
  if (platform.openFolder !== undefined) return platform.openFolder(grant);
  throw new BackendError(`${app}: this host has no folders; take "folder" out of its entry.`);
}
