import type { BoardFile } from "@busbar/host";

/** Addresses that a target can have: 0x08 to 0x77. More sensors get another bus. */
const sensorsOfBus = 100;
const firstAddress = 0x08;

/**
 * A board with many sensors of one kind. They measure by themselves, so that a reading is one transaction and no wait:
 * what is measured is what the host adds.
 *
 * @param driver the BME280's component
 * @param app the component of the app that may use them all
 */
export function sensorsBoard(driver: string, app: string, count: number): BoardFile {
  const names = Array.from({ length: count }, (_, index) => `s${index}`);
  const places = names.map((_, index) => ({
    i2c: `sim${Math.floor(index / sensorsOfBus)}`,
    address: `0x${(firstAddress + (index % sensorsOfBus)).toString(16).padStart(2, "0")}`,
  }));
  return {
    devices: Object.fromEntries(
      names.map((name, index) => {
        const { i2c: bus, address } = places[index]!;
        return [name, { driver, i2c: { bus, address }, settings: { mode: "normal" } }];
      }),
    ),
    simulate: places.map((place) => ({ ...place, model: "bme280" })),
    apps: { reader: { component: app, uses: names } },
  };
}
