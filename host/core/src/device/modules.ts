import { HostError } from "../error.ts";
import { blockDevice } from "./block-device/index.ts";
import { camera } from "./camera/index.ts";
import { contact } from "./contact/index.ts";
import { hid } from "./hid/index.ts";
import type { DeviceModule, DeviceModules } from "./module.ts";
import { sensor } from "./sensor/index.ts";
import { serialPort } from "./serial-port/index.ts";
import { switchModule } from "./switch/index.ts";
import { textDisplay } from "./text-display/index.ts";
import { usbEcho } from "./usb-echo/index.ts";

/** The kinds of devices that this host has by itself. */
export const deviceModules = [
  sensor,
  textDisplay,
  hid,
  serialPort,
  blockDevice,
  camera,
  usbEcho,
  switchModule,
  contact,
] as const;

/**
 * The kinds of devices of this host and further ones.
 *
 * @param further as their packages export them; they are code of the host and run with all of its rights
 * @throws HostError with code "component" where two are the same kind, or of the same interface: which of them is meant would
 *   depend on their order
 */
export function withKinds(further: DeviceModules): DeviceModules {
  if (further.length === 0) return deviceModules;
  const all: DeviceModules = [...deviceModules, ...further];
  for (const { kind, path } of further) {
    const isTwice = (is: (module: DeviceModule) => boolean) => all.filter(is).length > 1;
    if (kind === "component" || isTwice((module) => module.kind === kind)) throw twice(kind, "that name");
    if (isTwice((module) => module.path === path)) throw twice(kind, `the interface ${path}`);
  }
  return all;
}

function twice(kind: string, what: string): HostError {
  return new HostError(
    "component",
    `the module of the kind "${kind}" has ${what}, which this host has already; rename it.`,
  );
}

/**
 * A kind of device: what `board.sensor(name)` and its siblings give, or the `kind` of a module from outside. A "component" is one
 * of somebody else's, whose functions take their handles as parameters: `board.component(name)` calls them.
 */
export type DeviceKind = (typeof deviceModules)[number]["kind"] | "component" | (string & {});

/** The device interfaces that a driver can export, by the name that programs use for the kind of device. */
export const deviceInterfaces: Readonly<Record<string, { readonly path: string; readonly version: string }>> =
  Object.fromEntries(deviceModules.map(({ kind, path, version }) => [kind, { path, version }]));
