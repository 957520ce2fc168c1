import type { I2cTarget } from "@busbar/model";

/** A target whose pins follow what happens on its bus. @param catchUp brings their lines up to date */
export function i2cWithPins(target: I2cTarget, catchUp: () => void): I2cTarget {
  return {
    start(direction, repeated) {
      // What it did on its own until now, before it is told something.
      catchUp();
      return target.start(direction, repeated);
    },
    write: (byte) => target.write(byte),
    read: () => target.read(),
    stop() {
      target.stop();
      catchUp();
    },
    ...(target.render && { render: () => target.render!() }),
    ...(target.pins && { pins: target.pins }),
    ...(target.connected && { connected: () => target.connected!() }),
  };
}
