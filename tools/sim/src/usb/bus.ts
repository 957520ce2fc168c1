import type { Clock } from "@busbar/host";
import type {
  UsbDevice as HostDevice,
  UsbBackend,
  UsbHotplugEvent,
  UsbSpeed,
  UsbTransferRequest,
} from "@busbar/host/backend";
import type { UsbDevice } from "@busbar/model";
import type { UsbFault } from "./faults.ts";
import { PluggedDevice } from "./plugged-device.ts";

/** How a model is plugged in. */
export interface PlugOptions {
  /** What goes wrong; counted anew with each plugging in. */
  readonly faults?: readonly UsbFault[];
  /** Interfaces that a driver of the simulated operating system has. */
  readonly kernelInterfaces?: readonly number[];
  /** Told of each transfer that the host submits. */
  readonly onTransfer?: (request: UsbTransferRequest) => void;
}

/** A simulated USB with any number of ports, into which device models are plugged. */
export class SimulatedUsb implements UsbBackend {
  readonly name = "simulator";
  readonly #clock: Clock;
  readonly #devices = new Map<string, PluggedDevice>();
  readonly #listeners = new Set<(event: UsbHotplugEvent) => void>();
  #lastAddress = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Plugs a model in.
   *
   * @param port "1-2.3"
   * @throws RangeError where the port is taken
   */
  plug(port: string, model: UsbDevice, options: PlugOptions = {}): HostDevice {
    if (this.#devices.has(port)) throw new RangeError(`Port ${port} is taken; choose another one.`);
    // Addresses go round as in Linux: 1 is the root hub, 127 the last.
    this.#lastAddress = (this.#lastAddress % 126) + 1;
    const location = {
      busNumber: Number(port.split("-")[0]),
      deviceAddress: this.#lastAddress + 1,
      portNumber: Number(port.split(/[-.]/).at(-1)),
      speed: model.speed satisfies UsbSpeed,
      port,
    };
    const unplug = (delayMs: number | undefined) => {
      this.unplug(port);
      if (delayMs === undefined) return;
      void this.#clock.sleep(delayMs).then(() => {
        if (!this.#devices.has(port)) this.plug(port, model, { ...options, faults: [] });
      });
    };
    const device = new PluggedDevice(model, location, this.#clock, unplug, options.kernelInterfaces ?? []);
    for (const fault of options.faults ?? []) device.transfers.inject(fault);
    if (options.onTransfer !== undefined) device.transfers.onTransfer = options.onTransfer;
    this.#devices.set(port, device);
    this.#tell({ event: "arrived", device });
    return device;
  }

  /** Pulls out what is in a port; nothing happens where it is empty. */
  unplug(port: string): void {
    const device = this.#devices.get(port);
    if (device === undefined) return;
    this.#devices.delete(port);
    device.detach();
    this.#tell({ event: "left", device });
  }

  /** Makes something go wrong with the device that is in a port now; nothing happens where it is empty. */
  inject(port: string, fault: UsbFault): void {
    this.#devices.get(port)?.transfers.inject(fault);
  }

  async devices(): Promise<readonly HostDevice[]> {
    return [...this.#devices.values()];
  }

  watch(listener: (event: UsbHotplugEvent) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  #tell(event: UsbHotplugEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
