/** Finding out whether an entry of an edited board would work, before or after it takes its place. */

import type { I2cBus } from "../bus/i2c/backend.ts";
import { I2cError } from "../bus/i2c/error.ts";
import type { Clock } from "../clock.ts";
import { DeviceError } from "../device/error.ts";
import { type GuestDevice, openGuest } from "../device/opened-device.ts";
import { HostError } from "../error.ts";
import { DeviceQuota } from "../grants/quota.ts";
import { type Supervised, Supervisor } from "../instance/supervisor.ts";
import { Trace } from "../trace/trace.ts";
import type { CheckedDriver } from "./drivers.ts";
import type { DeviceEntry } from "./schema.ts";

/** A bus on which nothing can be done. */
const noBus: I2cBus = {
  transaction() {
    throw new I2cError({ tag: "other" }, "this is a trial without a bus");
  },
  close() {},
};

/** A driver and the entry that it is tried with. */
interface Tried extends CheckedDriver {
  readonly device: string;
  readonly entry: DeviceEntry;
  readonly clock: Clock;
}

/**
 * Starts a driver with a new entry but without its device, and lets it open: drivers look at their settings before they touch
 * the bus, so that a wrong one is found while the driver before still runs.
 *
 * @throws HostError with code "board" where a setting is refused; as a start does, where it does not start with these limits
 */
export async function trySettings(tried: Tried): Promise<void> {
  const { i2c } = tried.entry;
  try {
    await openOnce(tried, { openBus: () => (i2c === undefined ? undefined : noBus), usb: undefined });
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
export async function tryDevice(tried: Tried, wiring: Pick<Supervised, "openBus" | "usb">): Promise<void> {
  const { device } = tried;
  const { usb } = wiring;
  if (usb !== undefined && (await usb.present()) === undefined) {
    throw new HostError("board", `${device}: ${usb.absence}.`);
  }
  try {
    await openOnce(tried, wiring);
  } catch (error) {
    throw asHostError(device, error);
  }
}

/** In a life of its own, of which nobody is told. */
async function openOnce(
  { device, entry, artifact, link, clock }: Tried,
  wiring: Pick<Supervised, "openBus" | "usb">,
): Promise<void> {
  const supervisor = new Supervisor({
    ...{ device, entry, artifact, link, clock, ...wiring },
    quota: new DeviceQuota(entry, clock),
    trace: new Trace(clock),
    after: Promise.resolve(),
  });
  try {
    const instance = await supervisor.instance();
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
