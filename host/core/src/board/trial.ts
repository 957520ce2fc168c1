/** Finding out whether an entry of an edited board would work, before or after it takes its place. */

import { DriverBridge } from "../bridge/driver-bridge.ts";
import { type BusModules, type BusWire, wiredBuses } from "../bus/module.ts";
import type { Clock } from "../clock.ts";
import { DeviceError } from "../device/error.ts";
import { type GuestDevice, openGuest } from "../device/opened-device.ts";
import { HostError } from "../error.ts";
import { DeviceQuota } from "../grants/quota.ts";
import { Supervisor } from "../instance/supervisor.ts";
import { Trace } from "../trace/trace.ts";
import type { CheckedDriver } from "./checked-driver.ts";
import type { CommonEntry } from "./entry.ts";

/** A driver and the entry that it is tried with. */
interface Tried extends CheckedDriver {
  readonly device: string;
  readonly entry: CommonEntry;
  readonly clock: Clock;
  /** The buses that the entry can be wired to. */
  readonly modules: BusModules;
}

/**
 * Starts a driver with a new entry but without its device, and lets it open: drivers look at their settings before they touch
 * the bus, so that a wrong one is found while the driver before still runs.
 *
 * @throws HostError with code "board" where a setting is refused; as a start does, where it does not start with these limits
 */
export async function trySettings(tried: Tried): Promise<void> {
  const wires = wiredBuses(tried.modules, tried.entry).map(({ module, grant }) => ({
    module,
    wiring: { open: () => module.trial(grant) },
  }));
  try {
    await openOnce(tried, wires);
  } catch (error) {
    // Without its device it cannot get further.
    if (error instanceof DeviceError && error.code !== "invalid-argument") return;
    throw asHostError(tried.device, error);
  }
}

/**
 * Opens and closes the device of an entry that is to take the place of one that worked, when that has ended.
 *
 * @throws HostError why it does not work
 */
export async function tryDevice(tried: Tried, wires: readonly BusWire[]): Promise<void> {
  const { device } = tried;
  for (const { wiring } of wires) {
    const missing = await wiring.missing?.();
    if (missing !== undefined) throw new HostError("board", `${device}: ${missing}.`);
  }
  try {
    await openOnce(tried, wires);
  } catch (error) {
    throw asHostError(device, error);
  }
}

/** In a life of its own, of which nobody is told. */
async function openOnce(
  { device, entry, artifact, link, clock, modules }: Tried,
  wires: readonly BusWire[],
): Promise<void> {
  const supervisor = new Supervisor({
    ...{ device, entry, artifact, link, clock, wires },
    quota: new DeviceQuota(entry, clock, modules),
    trace: new Trace(clock),
    after: Promise.resolve(),
  });
  try {
    const instance = await supervisor.instance();
    const bridge = new DriverBridge({ name: device, supervisor, wires, exported: link.controllers });
    for (const { bridged } of modules) {
      if (bridged !== undefined && bridge.exports(bridged.controller)) {
        await using _ = await bridge.device(bridged.controller);
      }
    }
    if (link.exportName === undefined) return;
    const opened = await openGuest<GuestDevice>(device, instance);
    await instance.call(() => opened.device.close());
    await instance.drop(opened.device);
  } finally {
    await supervisor.stop("it was a trial");
  }
}

function asHostError(device: string, error: unknown): unknown {
  if (!(error instanceof DeviceError)) return error;
  const { message } = error;
  return new HostError("board", message.startsWith(`${device}: `) ? message : `${device}: ${message}`, {
    cause: error,
  });
}
