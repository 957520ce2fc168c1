import type { DeviceEntry } from "../board/schema.ts";
import { DelayHandle, delayWaits, I2cHandle } from "../bus/i2c/wasi-i2c.ts";
import type { UsbView } from "../bus/usb/component-usb.ts";
import { usbOffers } from "../bus/usb/offers.ts";
import type { InstanceContext } from "../instance/context.ts";
import { boardI2c, boardLog, boardSettings, boardTime, timeWaits } from "../interfaces/busbar-board.ts";
import type { Offer } from "./grant.ts";

const i2c = {
  granted: (entry: DeviceEntry) => entry.i2c !== undefined,
  grantLine: '"i2c": { "bus": 1, "address": "0x76" }',
};
const usb = {
  granted: (entry: DeviceEntry) => entry.usb !== undefined,
  grantLine: '"usb": { "vendorId": "0x2341", "interfaces": [0] }',
};
const always = { granted: () => true, grantLine: "" };

/** Everything that a driver can import. What is not here cannot be granted at all. */
export const offers: readonly Offer[] = [
  { ...i2c, path: "wasi:i2c/i2c", version: "0.2.0-draft", implement: () => ({ I2c: I2cHandle }) },
  {
    ...i2c,
    path: "wasi:i2c/delay",
    version: "0.2.0-draft",
    implement: () => ({ Delay: DelayHandle }),
    waits: delayWaits,
  },
  { ...i2c, path: "busbar:board/i2c", version: "0.1.0", implement: boardI2c },
  { ...always, path: "busbar:board/settings", version: "0.1.0", implement: boardSettings },
  { ...always, path: "busbar:board/time", version: "0.1.0", implement: boardTime, waits: timeWaits },
  { ...always, path: "busbar:board/log", version: "0.1.0", implement: boardLog },
  { ...always, path: "busbar:device/errors", version: "0.1.0" },
  ...usbOffers(usb, ownDevice),
];

/**
 * A driver sees the one device that it was started for. It lives no longer than that is plugged in, so that the only
 * change that it can see is the arrival.
 */
function ownDevice({ budget, usb: session }: InstanceContext): UsbView {
  // Linking has made sure that an instance with these imports has a device.
  const sessions = session === undefined ? [] : [session];
  let arrivals = sessions;
  return {
    budget,
    sessions: () => sessions,
    takeChanges() {
      const taken = arrivals.map((each) => ({ event: "arrived", session: each }) as const);
      arrivals = [];
      return taken;
    },
  };
}
