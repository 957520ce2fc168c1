import { SimulatedUsb, type UsbFaultKind, type VirtualClock } from "@busbar/sim";
import type { UsbDevice } from "@busbar/sim/usbip";
import type { Random } from "./random.ts";
import type { Subject } from "./subject.ts";

const port = "1-1";
const kinds: readonly (UsbFaultKind | "unplug")[] = [
  "stall",
  "no-response",
  "silent",
  "short",
  "overflow",
  "unplug",
];
/** How long a device that was pulled out stays away. */
const awayMs = 20;

/** A port with one device. */
export function usbBus(make: (clock: VirtualClock) => UsbDevice): Subject["bus"] {
  return (clock) => {
    const usb = new SimulatedUsb(clock);
    const model = make(clock);
    let plugged = usb.plug(port, model);
    let generation = 0;
    const replug = () => {
      usb.unplug(port);
      plugged = usb.plug(port, model);
    };
    return {
      strike(random: Random) {
        const fault = random.oneOf(kinds);
        if (fault === "unplug") {
          usb.unplug(port);
          generation += 1;
          const own = generation;
          void clock.sleep(awayMs).then(() => {
            if (own === generation) replug();
          });
        } else {
          const { transfers } = plugged as unknown as { transfers: { inject(fault: object): void } };
          transfers.inject({ fault, transfer: 1 + random.below(3) });
        }
        return fault;
      },
      heal() {
        generation += 1;
        // What was to go wrong goes with the device that it was to happen to.
        replug();
      },
      i2c: [],
      usb: [usb],
    };
  };
}
