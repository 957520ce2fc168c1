/** The WIT export of a driver on I2C: what a guest's own code costs, and hardly anything of the host's. */

import { i2c } from "@busbar/guest/i2c";
import { defineSensor } from "@busbar/guest/sensor";

/** About 20 ms in QuickJS. */
const primesBelow = 20_000;

class Busy {
  readonly info = { vendor: "Busbar", model: "busy" };
  readonly channels = [
    { quantity: "temperature", label: "primes", minimum: 0, maximum: 1e6, resolution: 1 } as const,
  ];

  read() {
    const composite = new Uint8Array(primesBelow);
    let primes = 0;
    for (let number = 2; number < primesBelow; number += 1) {
      if (composite[number] === 1) continue;
      primes += 1;
      for (let multiple = number * number; multiple < primesBelow; multiple += number)
        composite[multiple] = 1;
    }
    return { primes };
  }

  close() {}
}

export const sensor = defineSensor({ bus: i2c, options: {}, driver: Busy });
