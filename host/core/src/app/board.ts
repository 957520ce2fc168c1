/** busbar:board as an app imports it that was composed with its drivers: each name is one of the devices wired to it. */

import type { DeviceEntry } from "../board/schema.ts";
import { mainAddressOf } from "../bus/i2c/addresses.ts";
import type { I2cBus } from "../bus/i2c/backend.ts";
import type { I2cGrant } from "../bus/i2c/grant.ts";
import { DelayHandle, I2cHandle } from "../bus/i2c/wasi-i2c.ts";
import { HostError } from "../error.ts";
import { audit } from "../instance/context.ts";
import { BoardError } from "../interfaces/busbar-board.ts";
import type { AppContext } from "./context.ts";

/** busbar:board/i2c for one app. */
export function appBoardI2c(context: AppContext) {
  const { clock, trace, budget } = context;
  return {
    open(name: string): { bus: I2cHandle; address: number } {
      context.budget.check();
      const entry = context.wired.get(name);
      if (entry === undefined) throw new BoardError("access-denied", refuse(context, name, "i2c.open"));
      const { i2c } = entry;
      if (i2c === undefined) {
        throw new BoardError("not-found", `the board wires no I2C target to "${name}"`);
      }
      const bus = openBus(context, name, i2c);
      return {
        bus: new I2cHandle(
          { device: name, entry, clock, trace, budget, quota: context.quotas.get(name)! },
          bus,
          i2c.bus,
        ),
        address: mainAddressOf(i2c),
      };
    },
    openDelay(): DelayHandle {
      budget.check();
      return new DelayHandle(context);
    },
  };
}

/** busbar:board/settings for one app. */
export function appBoardSettings(context: AppContext) {
  return {
    get(name: string): [string, string][] {
      context.budget.check();
      const entry = context.wired.get(name);
      if (entry !== undefined) return Object.entries(entry.settings);
      refuse(context, name, "settings.get");
      return [];
    },
  };
}

/** busbar:board/time for one app. */
export function appBoardTime({ clock, budget }: AppContext) {
  return {
    nowMs(): number {
      budget.check();
      return clock.now();
    },
    waitMs: (ms: number): Promise<void> => budget.sleep(ms >>> 0),
  };
}

/** A bus that this machine does not have is `not-found` for the app, which can go on without. */
function openBus(context: AppContext, device: string, grant: I2cGrant): I2cBus {
  try {
    return context.openBus(device, grant);
  } catch (cause) {
    if (!(cause instanceof HostError)) throw cause;
    throw new BoardError("not-found", cause.message);
  }
}

/** The same answer for a name that exists and one that does not: an app must not learn what else is wired. */
function refuse(context: AppContext, name: string, call: string): string {
  const asked = JSON.stringify(name.slice(0, 64));
  const reason = `the app may not drive ${asked}; add it to "apps.${context.app}.uses", as a device without "driver"`;
  audit({ ...context, device: context.app }, `${call}(${asked})`, "name", reason);
  return reason;
}

/** The buses of the devices that an app drives itself; each is opened when it is asked for, and closed with the run. */
export class OpenedBuses implements Disposable {
  readonly #open: (device: string, grant: I2cGrant) => I2cBus;
  readonly #buses = new Map<string, I2cBus>();

  constructor(open: (device: string, grant: I2cGrant) => I2cBus) {
    this.#open = open;
  }

  /**
   * The bus of a device.
   *
   * @param grant the device's
   * @throws BackendError when there is no such bus, or it cannot be used
   */
  open(device: string, grant: I2cGrant): I2cBus {
    let bus = this.#buses.get(device);
    if (bus === undefined) {
      bus = this.#open(device, grant);
      this.#buses.set(device, bus);
    }
    return bus;
  }

  [Symbol.dispose](): void {
    for (const bus of this.#buses.values()) bus.close();
  }
}

/** The devices that an app drives itself: those that it uses and that have no driver. */
export function wiredDevices(
  uses: readonly string[],
  devices: Readonly<Record<string, DeviceEntry>>,
): ReadonlyMap<string, DeviceEntry> {
  const used = Object.entries(devices).filter(([name]) => uses.includes(name));
  return new Map(used.filter(([, { driver }]) => driver === undefined));
}
