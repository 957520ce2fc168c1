import type { SimulatedI2cBus, VirtualClock } from "@busbar/sim";

/** One call of a driver, or one answer of it: what has to be the same on two hosts. */
export type Entry = readonly [what: string, ...values: unknown[]];

type Operation = { tag: "read"; val: bigint } | { tag: "write"; val: Uint8Array };

/**
 * All that an I2C driver imports, over one chip at 0x44, written by hand and given to any host; every call is recorded with
 * what it gave.
 *
 * @param settings of the board file
 */
export function i2cHost(bus: SimulatedI2cBus, clock: VirtualClock, settings: readonly [string, string][]) {
  const record: Entry[] = [];
  const recorded = <Result>(what: string, values: unknown[], run: () => Result): Result => {
    try {
      const result = run();
      record.push([what, ...values, result]);
      return result;
    } catch (thrown) {
      record.push([what, ...values, (thrown as { payload?: unknown }).payload]);
      throw thrown;
    }
  };

  class I2c {
    transaction(address: number, operations: Operation[]): Uint8Array[] {
      return recorded("transaction", [address, operations], () =>
        bus.transaction(
          address,
          operations.map(({ tag, val }) =>
            tag === "read" ? { kind: "read", length: Number(val) } : { kind: "write", data: val },
          ),
        ),
      );
    }
    read(address: number, length: bigint): Uint8Array {
      return recorded(
        "read",
        [address, length],
        () => bus.transaction(address, [{ kind: "read", length: Number(length) }])[0]!,
      );
    }
    write(address: number, data: Uint8Array): void {
      recorded("write", [address, data], () => void bus.transaction(address, [{ kind: "write", data }]));
    }
    writeRead(address: number, data: Uint8Array, length: bigint): Uint8Array {
      return recorded(
        "write-read",
        [address, data, length],
        () =>
          bus.transaction(address, [
            { kind: "write", data },
            { kind: "read", length: Number(length) },
          ])[0]!,
      );
    }
    [Symbol.dispose](): void {
      record.push(["drop i2c"]);
    }
  }

  class Delay {
    async delayNs(ns: number): Promise<void> {
      record.push(["delay-ns", ns]);
      await clock.sleep(ns / 1e6);
    }
    [Symbol.dispose](): void {
      record.push(["drop delay"]);
    }
  }

  const imports = {
    "wasi:i2c/i2c": { I2c },
    "wasi:i2c/delay": { Delay },
    "busbar:board/i2c": {
      open(name: string) {
        record.push(["i2c.open", name]);
        return { bus: new I2c(), address: 0x44 };
      },
      openDelay: () => new Delay(),
    },
    "busbar:board/settings": { get: (name: string) => recorded("settings", [name], () => settings) },
    "busbar:board/time": {
      nowMs: () => clock.now(),
      async waitMs(ms: number): Promise<void> {
        record.push(["wait-ms", ms]);
        await clock.sleep(ms);
      },
    },
  };
  return { imports, record };
}
