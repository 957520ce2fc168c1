import type { Random } from "@busbar/fuzz";
import { SimulatedUsb, type UsbFaultKind, type VirtualClock } from "@busbar/sim";
import type { UsbDevice } from "@busbar/sim/usbip";
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
    usb.plug(port, model);
    let generation = 0;
    const replug = () => {
      usb.unplug(port);
      usb.plug(port, model);
    };
    return {
      strike(random: Random) {
        const fault = kinds[random(kinds.length)]!;
        if (fault === "unplug") {
          usb.unplug(port);
          generation += 1;
          const own = generation;
          void clock.sleep(awayMs).then(() => {
            if (own === generation) replug();
          });
        } else {
          usb.inject(port, { fault, transfer: 1 + random(3) });
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
