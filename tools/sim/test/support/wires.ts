import { type I2cTarget, SimulatedI2cBus } from "../../src/index.ts";
import { FakeClock } from "./clock.ts";

/** One target on a bus of its own, with a clock that stands still. */
export function wire(address: number, make: (clock: FakeClock) => I2cTarget) {
  const clock = new FakeClock();
  const bus = new SimulatedI2cBus([[address, make(clock)]]);
  return {
    clock,
    bus,
    /** One write message. */
    write: (...data: number[]): void => {
      bus.transaction(address, [{ kind: "write", data: Uint8Array.from(data) }]);
    },
    /** One read message. */
    receive: (length: number): number[] => {
      const [data] = bus.transaction(address, [{ kind: "read", length }]);
      return Array.from(data!);
    },
    /** A write message, a repeated start, and a read message. */
    read: (written: readonly number[], length: number): number[] => {
      const [data] = bus.transaction(address, [
        { kind: "write", data: Uint8Array.from(written) },
        { kind: "read", length },
      ]);
      return Array.from(data!);
    },
  };
}
