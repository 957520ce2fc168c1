import { blockDevice } from "./block-device/index.ts";
import { camera } from "./camera/index.ts";
import { hid } from "./hid/index.ts";
import type { DeviceModules } from "./module.ts";
import { sensor } from "./sensor/index.ts";
import { serialPort } from "./serial-port/index.ts";
import { textDisplay } from "./text-display/index.ts";
import { usbEcho } from "./usb-echo/index.ts";

/** The kinds of devices that this host has by itself. */
export const deviceModules = [sensor, textDisplay, hid, serialPort, blockDevice, camera, usbEcho] as const;

/**
 * The kinds of devices of a board: those that the host has by itself, and further ones.
 *
 * @throws TypeError where two are the same kind, or of the same interface: which of them is meant would depend on their order
 */
export function withModules(further: DeviceModules): DeviceModules {
  if (further.length === 0) return deviceModules;
  const all: DeviceModules = [...deviceModules, ...further];
  for (const [index, { kind, path }] of all.entries()) {
    const other = all.slice(0, index).find((before) => before.kind === kind || before.path === path);
    if (other === undefined && kind !== "component") continue;
    throw new TypeError(
      `the module of the kind "${kind}" and interface ${path} is not the only one of these`,
    );
  }
  return all;
}

/**
 * A kind of device: what `board.sensor(name)` and its siblings give, or the `kind` of a module from outside. A "component" is one
 * of somebody else's, whose functions take their handles as parameters: `board.component(name)` calls them.
 */
export type DeviceKind = (typeof deviceModules)[number]["kind"] | "component" | (string & {});

/** The device interfaces that a driver can export, by the name that programs use for the kind of device. */
export const deviceInterfaces: Readonly<Record<string, { readonly path: string; readonly version: string }>> =
  Object.fromEntries(deviceModules.map(({ kind, path, version }) => [kind, { path, version }]));
