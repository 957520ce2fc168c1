import { expect, test } from "vitest";
import { type DriverBus, flag, type SensorDriver, sensorOn } from "../src/index.ts";

/** A bus that this package does not know: it gives a wire, and a number. */
function wireOn(log: string[]): DriverBus<[wire: string, number: number]> {
  return {
    open(name, opened) {
      log.push(`open ${name}`);
      opened.defer(() => log.push("release"));
      return ["red", 7];
    },
  };
}

class Fake implements SensorDriver {
  readonly info;
  readonly channels = [];
  constructor(wire: string, number: number, { loud }: { readonly loud: boolean }) {
    this.info = { vendor: wire, model: `${number} ${loud}` };
  }
  read = () => ({});
  close() {}
}

const options = { loud: flag(false) };
const board = { getSettings: () => [["loud", "true"]] as const };

test("a driver is given what its bus gives, and its options after it", () => {
  const log: string[] = [];
  const device = sensorOn(board, { bus: wireOn(log), options, driver: Fake }).open("door");
  expect(device.info()).toEqual({ vendor: "red", model: "7 true" });
  device.close();
  expect(log).toEqual(["open door", "release"]);
});

test("a driver of another bus is no driver of this one: the compiler says so, and may be given less", () => {
  class OfNumbers extends Fake {
    constructor(number: number) {
      super("", number, { loud: false });
    }
  }
  class OfWires extends Fake {
    constructor(wire: string) {
      super(wire, 0, { loud: false });
    }
  }
  const bus = wireOn([]);
  // @ts-expect-error: the bus gives a string first.
  sensorOn(board, { bus, options, driver: OfNumbers });
  expect(sensorOn(board, { bus, options, driver: OfWires }).open("door").info().vendor).toBe("red");
});
