import { BME280 } from "@busbar/bme280";
import type { Delay, I2cTarget } from "@busbar/guest";
import type { I2cBus, I2cOperation } from "@busbar/host/backend";
import type { SkippingClock } from "./board.ts";

/** The same driver class, as plain JavaScript on the same bus: what a component is compared with. */
export function plainDriver(bus: I2cBus, clock: SkippingClock, mode: "forced" | "normal"): BME280 {
  return new BME280(new BusTarget(bus, 0x76), new SkippedDelay(clock), { mode });
}

/** The guest library's view of one target, straight on a bus. */
class BusTarget implements I2cTarget {
  readonly address: number;
  readonly #bus: I2cBus;

  constructor(bus: I2cBus, address: number) {
    this.#bus = bus;
    this.address = address;
  }

  read(length: number): Uint8Array {
    return this.#bus.transaction(this.address, [{ kind: "read", length }])[0]!;
  }

  write(data: Uint8Array): void {
    this.#bus.transaction(this.address, [{ kind: "write", data }]);
  }

  writeRead(data: Uint8Array, length: number): Uint8Array {
    return this.#bus.transaction(this.address, [
      { kind: "write", data },
      { kind: "read", length },
    ])[0]!;
  }

  at(address: number): BusTarget {
    return new BusTarget(this.#bus, address);
  }

  transaction(operations: Parameters<I2cTarget["transaction"]>[0]): Uint8Array[] {
    return this.#bus.transaction(
      this.address,
      operations.map(
        (operation): I2cOperation =>
          "read" in operation
            ? { kind: "read", length: operation.read }
            : { kind: "write", data: operation.write },
      ),
    );
  }
}

class SkippedDelay implements Delay {
  readonly #clock: SkippingClock;

  constructor(clock: SkippingClock) {
    this.#clock = clock;
  }

  waitMs(ms: number): void {
    this.#clock.skip(ms);
  }

  waitNs(ns: number): void {
    this.#clock.skip(ns / 1e6);
  }
}
