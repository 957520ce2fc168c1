import type { BusWire } from "../bus/module.ts";
import type { DeviceModule } from "../device/module.ts";
import type { DeviceLife } from "../device/opened-device.ts";
import type { DriverInstance } from "../instance/instance.ts";
import type { Supervisor } from "../instance/supervisor.ts";
import type { Bridge } from "./bridge.ts";
import { Turns } from "./turns.ts";

/** What a bridge is made of. */
export interface BridgeParts {
  /** Its name in the board file. */
  readonly name: string;
  readonly supervisor: Pick<Supervisor, "instance" | "running">;
  /** What its own entry is wired to. */
  readonly wires: readonly Pick<BusWire, "wiring">[];
  /** The interfaces that its driver exports, as the component spells them, by their paths. */
  readonly exported: ReadonlyMap<string, string>;
  /** With those who use other bridges that share its bus; its own where it shares none. */
  readonly turns?: Turns | undefined;
}

/** What a life of a bridge's driver has open, and what has it. */
interface OpenedController {
  readonly life: DriverInstance;
  readonly device: Promise<AsyncDisposable>;
}

/** A bridge on its driver, which starts when the first does that is wired to one of its buses. */
export class DriverBridge implements Bridge {
  readonly name: string;
  readonly turns: Turns;
  readonly #supervisor: BridgeParts["supervisor"];
  readonly #wires: BridgeParts["wires"];
  readonly #exported: ReadonlyMap<string, string>;
  readonly #opened = new Map<DeviceModule, OpenedController>();
  #life: DriverInstance | undefined;

  constructor({ name, supervisor, wires, exported, turns = new Turns() }: BridgeParts) {
    this.name = name;
    this.turns = turns;
    this.#supervisor = supervisor;
    this.#wires = wires;
    this.#exported = exported;
  }

  exports({ path }: DeviceModule): boolean {
    return this.#exported.has(path);
  }

  /**
   * The running driver, started first where it does not run. Where its device is not plugged in, this waits for it.
   *
   * @throws HostError, DeviceError as a start does
   */
  async life(): Promise<DriverInstance> {
    this.#life = await this.#supervisor.instance();
    return this.#life;
  }

  get lastLife(): DriverInstance | undefined {
    return this.#life;
  }

  async device<Device extends AsyncDisposable>(module: DeviceModule<Device>): Promise<Device> {
    const life = await this.life();
    const opened = this.#opened.get(module);
    if (opened?.life === life) return opened.device as Promise<Device>;
    const { clock } = life.context;
    const start = async () => exportOf(life, this.#exported.get(module.path)!);
    const device = module.open({ name: this.name, clock, start, noteRead: () => undefined });
    this.#opened.set(module, { life, device });
    // Who asks next tries again.
    device.catch(() => this.#opened.delete(module));
    return device;
  }

  /** As `Wiring.missing`, of all that it is wired to. */
  async missing(): Promise<string | undefined> {
    for (const { wiring } of this.#wires) {
      const missing = await wiring.missing?.();
      if (missing !== undefined) return missing;
    }
    return undefined;
  }

  /** As `Wiring.watch`, of all that it is wired to. */
  watch(listener: (event: "arrived" | "left") => void): Disposable {
    const watching = new DisposableStack();
    for (const { wiring } of this.#wires) watching.use(wiring.watch?.(listener));
    return watching;
  }
}

/** One interface of a component that exports several, as if it exported no other. */
function exportOf(life: DriverInstance, exportName: string): DeviceLife {
  return {
    get alive() {
      return life.alive;
    },
    callMs: life.callMs,
    call: (invoke, options) =>
      life.call((exports) => invoke(exports[exportName] as Record<string, unknown>), options),
    opened: (device) => life.opened(device),
    closed: (device) => life.closed(device),
    drop: (resource) => life.drop(resource),
  };
}
