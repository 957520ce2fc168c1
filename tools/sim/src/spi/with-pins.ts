import type { SpiTarget } from "@busbar/model";

/** A target whose pins follow what happens on its bus. @param catchUp brings their lines up to date */
export function spiWithPins(target: SpiTarget, catchUp: () => void): SpiTarget {
  return {
    select(clocking) {
      // What it did on its own until now, before it is told something.
      catchUp();
      target.select(clocking);
    },
    transfer: (received) => target.transfer(received),
    delay: (ns) => target.delay?.(ns),
    release() {
      target.release();
      catchUp();
    },
    ...(target.render && { render: () => target.render!() }),
    ...(target.pins && { pins: target.pins }),
  };
}
