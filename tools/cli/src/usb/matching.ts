import { type Board, entriesOf } from "@busbar/host";
import {
  BackendError,
  currentConfiguration,
  factsOf,
  fidoInterfaces,
  type UsbDevice,
  type UsbInterfaceDescriptor,
} from "@busbar/host/backend";
import { fittingInterfaces, grantedInterfaces, judgeUsb, matchesUsb, type UsbFit } from "@busbar/host/grants";
import { togetherWith } from "./class-descriptors.ts";
import type { InstalledDriver } from "./installed-drivers.ts";

/** A driver package that fits a device, and the interfaces that one instance of it would use. */
export interface FittingDriver {
  readonly package: string;
  readonly interfaces: readonly number[];
}

/** What an entry of the board gives its driver of a device. */
export interface Granted {
  /** The entry's name. */
  readonly device: string;
  readonly interfaces: readonly number[];
  /** What the entry names and its driver does not get all the same, and why. */
  readonly refused: readonly { readonly interface: number; readonly reason: string }[];
  /** Why nobody can say: the operating system does not let us look. */
  readonly problem?: string;
}

/**
 * The installed drivers that fit a device, the most specific one first. A device with several functions of a class, such
 * as a keyboard with a mouse, has one for each.
 */
export function fittingDrivers(device: UsbDevice, installed: readonly InstalledDriver[]): FittingDriver[] {
  const interfaces = currentConfiguration(device)?.interfaces ?? [];
  const fitting = installed.flatMap(({ name, fits }) =>
    fits.map((fit) => ({ name, fit, numbers: fittingInterfaces(fit, device.descriptor, interfaces) })),
  );
  fitting.sort((left, right) => specificity(right.fit) - specificity(left.fit));
  const drivers = fitting.flatMap(({ name, fit, numbers }) =>
    functionsOf(fit, numbers, interfaces).map((each) => ({ package: name, interfaces: each })),
  );
  const known = new Set<string>();
  return drivers.filter(({ package: name, interfaces: numbers }) => {
    const key = `${name} ${numbers}`;
    return !known.has(key) && known.add(key);
  });
}

/** Ids say more than any class does. */
function specificity({ vendorId, productId, class: wanted, subclass, protocol }: UsbFit): number {
  const classes = [wanted, subclass, protocol].filter((each) => each !== undefined).length;
  return classes + (vendorId === undefined ? 0 : 10) + (productId === undefined ? 0 : 10);
}

/** A class fits interface by interface; one of CDC or video brings those that it says to be together with it. Ids fit the device as a whole. */
function functionsOf(
  { class: wanted }: UsbFit,
  numbers: readonly number[],
  interfaces: readonly UsbInterfaceDescriptor[],
): number[][] {
  if (wanted === undefined) return numbers.length === 0 ? [] : [[...numbers]];
  const present = new Set(interfaces.map(({ interfaceNumber }) => interfaceNumber));
  return numbers.map((number) => {
    const own = interfaces.filter(({ interfaceNumber }) => interfaceNumber === number);
    const others = own.flatMap(togetherWith).filter((each) => present.has(each));
    return [...new Set([number, ...others])].sort((left, right) => left - right);
  });
}

/**
 * What a board gives of a device: each entry that means it, judged as the host judges it. Where a granted HID interface may
 * be a security key and the system has not read its report descriptor, it is read from the device.
 */
export async function grantsOf(device: UsbDevice, board: Board): Promise<Granted[]> {
  const granted: Granted[] = [];
  for (const { name, entry } of entriesOf(board)) {
    const { usb } = entry;
    if (usb === undefined) continue;
    const facts = factsOf(device);
    if (!matchesUsb(usb, facts)) continue;
    const named = grantedInterfaces(usb, facts);
    if (named.length === 0) continue;
    let fido: ReadonlySet<number> = new Set();
    let problem: string | undefined;
    try {
      if (!usb.allow.includes("security-keys")) fido = await fidoInterfaces(device, facts, named);
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      problem = error.message;
    }
    const known = factsOf(device, fido);
    const verdicts = named.map((number) => ({
      number,
      verdict: judgeUsb(usb, known, { kind: "interface", interface: number }),
    }));
    granted.push({
      device: name,
      interfaces: verdicts.filter(({ verdict }) => verdict.allowed).map(({ number }) => number),
      refused: verdicts.flatMap(({ number, verdict }) =>
        verdict.allowed ? [] : [{ interface: number, reason: verdict.reason }],
      ),
      ...(problem !== undefined && { problem }),
    });
  }
  return granted;
}
