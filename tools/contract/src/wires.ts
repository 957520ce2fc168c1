import { type I2cTarget, SimulatedI2cBus, VirtualClock } from "@busbar/sim";

/** Time does not begin at 0, nor at a whole millisecond. */
const START_MS = 1000.1;

/** One target on a bus of its own, to try a model with; time passes where the test says so. */
export function wire(address: number, make: (clock: VirtualClock) => I2cTarget) {
  const clock = new VirtualClock(START_MS);
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
