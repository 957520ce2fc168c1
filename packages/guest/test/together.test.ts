import { expect, test } from "vitest";
import { type DriverBus, DriverError, openDriver, together } from "../src/index.ts";

const settings = { getSettings: () => [] };

/** A bus that gives its own name, and notes when it is released. */
function bus<Name extends string>(given: Name, released: string[]): DriverBus<[name: Name]> {
  return {
    open(_, opened) {
      opened.defer(() => released.push(given));
      return [given];
    },
  };
}

class Part {
  readonly given: readonly unknown[];
  constructor(...given: unknown[]) {
    this.given = given;
  }
  close(): void {}
}

test("a driver is given what each of its buses gives, in their order, and all are released, the last first", () => {
  const released: string[] = [];
  const three = together(together(bus("i2c", released), bus("gpio", released)), bus("uart", released));
  const { driver, resources } = openDriver(settings, { bus: three, options: {}, driver: Part }, "part");
  expect(driver.given).toEqual(["i2c", "gpio", "uart", {}]);
  resources.dispose();
  expect(released).toEqual(["uart", "gpio", "i2c"]);
});

test("where the second bus cannot be opened the first is released", () => {
  const released: string[] = [];
  const missing: DriverBus<[]> = {
    open: () => {
      throw DriverError.notFound("there is none");
    },
  };
  const both = together(bus("i2c", released), missing);
  expect(() => openDriver(settings, { bus: both, options: {}, driver: Part }, "part")).toThrow(
    "there is none",
  );
  expect(released).toEqual(["i2c"]);
});
