import { App, type RunOptions } from "../app/app.ts";
import type { Clock } from "../clock.ts";
import type { ComponentArtifact } from "../component/artifact.ts";
import { BlockDevice } from "../device/block-device.ts";
import { Hid } from "../device/hid.ts";
import { Sensor } from "../device/sensor.ts";
import { SerialPort } from "../device/serial-port.ts";
import { TextDisplay } from "../device/text-display.ts";
import { UsbEcho } from "../device/usb-echo.ts";
import { BackendError, HostError } from "../error.ts";
import type { Folder } from "../folder/backend.ts";
import type { I2cBackend, I2cBus } from "../i2c/backend.ts";
import { Supervisor } from "../instance/supervisor.ts";
import { link } from "../link/link.ts";
import type { DeviceKind } from "../link/offers.ts";
import { type BoardListener, Trace } from "../trace/trace.ts";
import type { UsbBackend } from "../usb/backend.ts";
import { UsbHub } from "../usb/hub.ts";
import { parseBoard } from "./parse.ts";
import type { Board, BoardFile, DeviceEntry, FolderGrant, I2cGrant } from "./schema.ts";

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
  loadComponent(specifier: string): Promise<ComponentArtifact>;
}

/** One device of an opened board. */
interface OpenedDevice {
  readonly kind: DeviceKind;
  readonly label: string;
  readonly supervisor: Supervisor;
}

/** A board whose drivers passed the check of their imports; they start when a device is asked for. */
export class OpenBoard implements AsyncDisposable {
  readonly #platform: Platform;
  #board: Board;
  readonly #clock: Clock;
  readonly #trace = new Trace();
  readonly #devices = new Map<string, OpenedDevice>();
  readonly #apps = new Map<string, App>();
  readonly #usbHub: UsbHub;

  private constructor(board: Board, platform: Platform) {
    const { clock, usb = [] } = platform;
    this.#board = board;
    this.#platform = platform;
    this.#clock = clock;
    this.#usbHub = new UsbHub(usb);
  }

  /** The checked board file. */
  get board(): Board {
    return this.#board;
  }

  /**
   * Finds all drivers of a board and checks their imports against it. No driver runs, and no bus is touched.
   *
   * @throws HostError: the first driver that is not found, is no driver, or asks for more than it is granted
   */
  static async open(board: Board, platform: Platform): Promise<OpenBoard> {
    const opened = new OpenBoard(board, platform);
    for (const [device, entry] of Object.entries(board.devices)) {
      // What has no driver is driven by an app that brings its own.
      if (entry.driver === undefined) continue;
      opened.#devices.set(device, await opened.#link(device, entry));
    }
    for (const [name, entry] of Object.entries(board.apps)) {
      const artifact = await platform.loadComponent(entry.component);
      opened.#apps.set(name, new App(name, entry, artifact, board.devices));
    }
    return opened;
  }

  /** The names of the devices that have a driver, and their kinds, in the order of the board file. */
  get devices(): { name: string; kind: DeviceKind }[] {
    return [...this.#devices].map(([name, { kind }]) => ({ name, kind }));
  }

  /**
   * Opens a sensor; its driver starts where it does not run.
   *
   * @throws HostError when the board has no such sensor, or its bus cannot be used; DeviceError from the driver
   */
  async sensor(name: string): Promise<Sensor> {
    const { supervisor } = this.#find(name, "sensor");
    return Sensor.open(name, await supervisor.instance(), this.#clock);
  }

  /**
   * Opens a text display; its driver starts where it does not run.
   *
   * @throws HostError when the board has no such display, or its bus cannot be used; DeviceError from the driver
   */
  async textDisplay(name: string): Promise<TextDisplay> {
    const { supervisor } = this.#find(name, "textDisplay");
    return TextDisplay.open(name, await supervisor.instance());
  }

  /**
   * Opens a disk; its driver starts where it does not run. Where it is not plugged in, this waits for it.
   *
   * @throws HostError when the board has no such disk, or USB cannot be used; DeviceError from the driver
   */
  async blockDevice(name: string): Promise<BlockDevice> {
    const { supervisor } = this.#find(name, "blockDevice");
    return BlockDevice.open(name, await supervisor.instance());
  }

  /**
   * Opens a serial port; its driver starts where it does not run. Where it is not plugged in, this waits for it.
   *
   * @throws HostError when the board has no such port, or USB cannot be used; DeviceError from the driver
   */
  async serialPort(name: string): Promise<SerialPort> {
    const { supervisor } = this.#find(name, "serialPort");
    return SerialPort.open(name, await supervisor.instance(), this.#clock);
  }

  /**
   * Opens a keyboard, mouse, gamepad or any other HID device; its driver starts where it does not run. Where it is not
   * plugged in, this waits for it.
   *
   * @throws HostError when the board has no such device, or USB cannot be used; DeviceError from the driver
   */
  async hid(name: string): Promise<Hid> {
    const { supervisor } = this.#find(name, "hid");
    return Hid.open(name, await supervisor.instance(), this.#clock);
  }

  /**
   * Opens a device that sends back what it is sent; its driver starts where it does not run. Where it is not plugged
   * in, this waits for it.
   *
   * @throws HostError when the board has no such device, or USB cannot be used; DeviceError from the driver
   */
  async usbEcho(name: string): Promise<UsbEcho> {
    const { supervisor } = this.#find(name, "usbEcho");
    return UsbEcho.open(name, await supervisor.instance());
  }

  /**
   * Gives a device another entry while the board is open: another driver, another chip, other settings. Whoever has it
   * open sees `disconnected`, opens it again by the same name, and goes on.
   *
   * @param entry as in a board file; everything is checked before the old driver is stopped
   * @throws HostError when the board has no such device, the entry is wrong, or it is another kind of device
   */
  async replace(name: string, entry: BoardFile["devices"][string]): Promise<void> {
    const old = this.#devices.get(name);
    if (old === undefined) throw this.#unknown(name);
    const board = parseBoard({ ...this.#board, devices: { ...this.#board.devices, [name]: entry } });
    if (board.devices[name]?.usb !== undefined || this.#board.devices[name]?.usb !== undefined) {
      throw new HostError(
        "board",
        `"${name}" is on USB, where an entry changes only when the board is opened again.`,
      );
    }
    const next = await this.#link(name, board.devices[name]!);
    if (next.kind !== old.kind) {
      throw new HostError("board", `"${name}" is a ${old.kind}, and ${next.label} drives a ${next.kind}.`);
    }
    this.#board = board;
    this.#devices.set(name, next);
    await old.supervisor.stop("its entry of the board was replaced");
  }

  /** The names of the apps, in the order of the board file. */
  get apps(): string[] {
    return [...this.#apps.keys()];
  }

  /**
   * Runs an app to its end. Each device that it opens is an instance of the driver that the board wires to the name.
   *
   * @throws HostError when the board has no such app, or it does not start; AppError when it ends with an error or traps
   */
  async run(name: string, options: RunOptions): Promise<void> {
    const app = this.#apps.get(name);
    if (app === undefined) {
      const names = this.apps.map((known) => `"${known}"`).join(", ") || "none";
      throw new HostError("board", `the board has no app "${name}"; it has ${names}.`);
    }
    const surroundings = {
      devices: this,
      clock: this.#clock,
      trace: this.#trace,
      openBus: (device: string, grant: I2cGrant) => openBus(device, grant, this.#platform.i2c),
      openFolder: (name: string, grant: FolderGrant) => openFolder(name, grant, this.#platform),
    };
    await app.run(surroundings, options);
  }

  /** Tells `listener` of every transaction, denial and start; disposing the result ends that. */
  listen(listener: BoardListener): Disposable {
    return this.#trace.listen(listener);
  }

  /** Stops all drivers. Closing twice is legal. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#usbHub[Symbol.dispose]();
    await Promise.all([...this.#devices.values()].map(({ supervisor }) => supervisor.stop()));
  }

  /** Finds the driver of an entry and checks its imports. */
  async #link(device: string, entry: DeviceEntry): Promise<OpenedDevice> {
    const { clock, i2c, loadComponent } = this.#platform;
    if (entry.driver === undefined) throw withoutDriver(device);
    const artifact = await loadComponent(entry.driver);
    const linked = link(device, entry, artifact.label, artifact.interface);
    const supervisor = new Supervisor({
      device,
      entry,
      artifact,
      link: linked,
      clock,
      trace: this.#trace,
      openBus: () => (entry.i2c === undefined ? undefined : openBus(device, entry.i2c, i2c)),
      usb: entry.usb && this.#usbHub.addSlot(entry.usb),
    });
    return { kind: linked.kind, label: artifact.label, supervisor };
  }

  #unknown(name: string): HostError {
    if (Object.hasOwn(this.#board.devices, name)) return withoutDriver(name);
    const names = [...this.#devices.keys()].map((known) => `"${known}"`).join(", ") || "none";
    return new HostError("board", `the board has no device "${name}"; it has ${names}.`);
  }

  #find(name: string, kind: DeviceKind): OpenedDevice {
    const device = this.#devices.get(name);
    if (device === undefined) throw this.#unknown(name);
    if (device.kind !== kind) {
      throw new HostError("board", `"${name}" is no ${kind}: ${device.label} drives a ${device.kind}.`);
    }
    return device;
  }
}

function withoutDriver(name: string): HostError {
  return new HostError(
    "board",
    `"${name}" has no driver, so only an app that brings its own can use it; add "driver" to "devices.${name}".`,
  );
}

function openFolder(app: string, grant: FolderGrant, platform: Platform): Folder {
  if (platform.openFolder !== undefined) return platform.openFolder(grant);
  throw new BackendError(`${app}: this host has no folders; take "folder" out of its entry.`);
}

function openBus(device: string, grant: I2cGrant, backends: readonly I2cBackend[]): I2cBus {
  for (const backend of backends) {
    const bus = backend.openI2c(grant.bus);
    if (bus !== undefined) return bus;
  }
  const tried = backends.map(({ name }) => name).join(" and ") || "no I2C backend";
  throw new BackendError(
    `${device}: there is no I2C bus ${JSON.stringify(grant.bus)} (asked ${tried}); ` +
      'list the buses with "busbar scan", or simulate it.',
  );
}
