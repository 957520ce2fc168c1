import { readFileSync } from "node:fs";
import { readComponent, type WrittenEntry } from "@busbar/host";
import { expect } from "vitest";

const buses = ["i2c", "spi", "gpio", "usb"];

/**
 * Expects that a built driver exports a controller, and imports no other bus than its own.
 *
 * @param component the path of its .wasm file
 * @param kind the interface of busbar:device
 * @param wired what its entry is wired to
 */
export function expectControllerWorld(
  component: string,
  kind: "i2c-controller" | "spi-controller" | "gpio-controller",
  wired: Partial<WrittenEntry>,
): void {
  const { imports, exports } = readComponent(readFileSync(component), component);
  expect(exports.map((each) => each.name)).toContain(`busbar:device/${kind}@0.1.0`);
  const imported = imports.map((each) => /^(?:wasi|component):(i2c|spi|gpio|usb)\//.exec(each.name)?.[1]);
  const own = Object.keys(wired).filter((key) => buses.includes(key));
  expect([...new Set(imported.filter((each) => each !== undefined))].sort()).toEqual(own.sort());
}
