/**
 * Finds the serial ports of a device: which interfaces and endpoints belong together. Where a device does not say so as
 * CDC 1.2 asks for, this guesses as Linux's cdc-acm does, which most devices were tried with.
 */

import type { ConfigurationBytes, InterfaceAssociation, InterfaceBytes } from "@busbar/guest";
import {
  type AcmCapabilities,
  type FunctionalDescriptors,
  parseFunctionalDescriptors,
} from "./descriptors.ts";
import { type DeviceIdentity, quirksOf } from "./quirks.ts";

/** bInterfaceClass, bInterfaceSubClass: CDC 1.2 tables 2 and 6, PSTN 1.2 table 1. */
const COMMUNICATIONS_CLASS = 0x02;
const DATA_CLASS = 0x0a;
const VENDOR_CLASS = 0xff;
const ABSTRACT_CONTROL_MODEL = 0x02;
/** bInterfaceProtocol 0xFF: a protocol of the vendor's own, such as RNDIS; the others are AT command sets or none. */
const VENDOR_PROTOCOL = 0xff;

/** An endpoint of a serial port. */
export interface AcmEndpoint {
  /** Direction bit included. */
  readonly address: number;
  readonly type: "bulk" | "interrupt";
  /** Bytes of a packet: wMaxPacketSize, bits 10 to 0; at least 1. */
  readonly packetBytes: number;
}

/** A serial port of a device. */
export interface AcmFunction {
  /** Gets the class's requests. */
  readonly controlInterface: number;
  /** Has the data; the same as the control interface in some devices. */
  readonly dataInterface: number;
  /** The setting of the data interface that has its endpoints. */
  readonly dataAlternateSetting: number;
  /** Where the serial state comes from. */
  readonly notifications: AcmEndpoint | undefined;
  readonly input: AcmEndpoint;
  readonly output: AcmEndpoint;
  /** What the device says that it can do; `undefined` where it does not say. */
  readonly capabilities: AcmCapabilities | undefined;
}

/**
 * The serial ports of a configuration, in its order. A descriptor that is odd disables what needs it: where a union is
 * missing or names nothing that can be, the data interface is derived from what else there is. Interfaces that look like
 * a port but for which there are no endpoints are left out.
 *
 * @param identity for devices that Linux knows by their ids
 */
export function findAcmFunctions(
  { interfaces, associations }: Pick<ConfigurationBytes, "interfaces" | "associations">,
  identity?: DeviceIdentity,
): AcmFunction[] {
  const quirks = quirksOf(identity);
  const all: Configuration = { settings: withoutRepetitions(interfaces), associations };
  const isFixed = (setting: InterfaceBytes) => setting.number === 0 && setting.alternateSetting === 0;
  const controls = all.settings.filter(
    quirks.fixedInterfaces ? isFixed : (setting) => isControl(setting, quirks.vendorProtocol),
  );
  const found = new Map<InterfaceBytes, AcmFunction>();
  const taken = new Set<number>();
  // Ports that say what is theirs come first, so that one that does not say it gets what is left.
  for (const find of quirks.fixedInterfaces ? [fixed] : [declared, derived]) {
    for (const control of controls) {
      const port = found.has(control) ? undefined : find(control, all, taken);
      if (port === undefined) continue;
      found.set(control, port);
      taken.add(port.dataInterface);
    }
  }
  return controls.flatMap((control) => found.get(control) ?? []);
}

/** The interfaces and associations of a configuration. */
interface Configuration {
  readonly settings: readonly InterfaceBytes[];
  readonly associations: readonly InterfaceAssociation[];
}

/** As Linux does: of two descriptors of one alternate setting, the first counts. */
function withoutRepetitions(settings: readonly InterfaceBytes[]): InterfaceBytes[] {
  const seen = new Set<number>();
  return settings.filter(({ number, alternateSetting }) => {
    const key = number * 0x100 + alternateSetting;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function isControl(setting: InterfaceBytes, vendorProtocol: boolean): boolean {
  return (
    setting.class === COMMUNICATIONS_CLASS &&
    setting.subclass === ABSTRACT_CONTROL_MODEL &&
    (setting.protocol !== VENDOR_PROTOCOL || vendorProtocol) &&
    setting.alternateSetting === 0
  );
}

/** Interfaces 0 and 1. */
function fixed(control: InterfaceBytes, { settings }: Configuration): AcmFunction | undefined {
  return paired(control, settings.filter(numbered(1))) ?? collapsed(control);
}

/** By its union descriptor; `undefined` where that is missing, or says what cannot be. */
function declared(
  control: InterfaceBytes,
  { settings }: Configuration,
  taken: ReadonlySet<number>,
): AcmFunction | undefined {
  const { union } = functionalOf(control);
  if (union === undefined) return undefined;
  const controller = settings.find(numbered(union.controlInterface));
  if (controller?.class !== COMMUNICATIONS_CLASS && controller?.class !== DATA_CLASS) {
    return collapsed(control);
  }
  // Some devices name the two the wrong way round, so their classes count and not their places.
  const numbers = [union.controlInterface, ...union.subordinateInterfaces];
  if (!numbers.includes(control.number)) return undefined;
  const others = numbers.filter((number) => number !== control.number && !taken.has(number));
  if (others.length === 0) return collapsed(control);
  const named = others.flatMap((number) => settings.filter(numbered(number)));
  return (
    paired(control, named.filter(isData)) ??
    // Some firmware has a class of the vendor's here.
    paired(
      control,
      named.filter((setting) => setting.class === VENDOR_CLASS),
    )
  );
}

/**
 * Without a usable union: one interface where it has everything; else the data interface of the same association, the
 * one that call management names, the next one, the one before, or any other, in this order. Never one that another
 * function of the device, such as a network adapter, names as its own.
 */
function derived(
  control: InterfaceBytes,
  { settings, associations }: Configuration,
  taken: ReadonlySet<number>,
): AcmFunction | undefined {
  const single = collapsed(control);
  if (single?.notifications !== undefined) return single;
  const foreign = new Set(
    settings
      .filter((each) => each.class === COMMUNICATIONS_CLASS && each.number !== control.number)
      .filter((each) => !hasUnionOfOthers(each))
      .flatMap((each) => functionalOf(each).union?.subordinateInterfaces ?? []),
  );
  const free = settings.filter(
    (each) => isData(each) && !taken.has(each.number) && !foreign.has(each.number),
  );
  const association = associations.find((each) => isIn(each, control.number));
  const { callManagement } = functionalOf(control);
  const choices: ((number: number) => boolean)[] = [
    (number) => association !== undefined && isIn(association, number),
    (number) => number === callManagement?.dataInterface,
    (number) => number === control.number + 1,
    (number) => number === control.number - 1,
    (number) => !associations.some((each) => isIn(each, number)),
  ];
  for (const isChosen of choices) {
    const port = paired(
      control,
      free.filter(({ number }) => isChosen(number)),
    );
    if (port !== undefined) return port;
  }
  return single;
}

/** A union that does not name its own interface was copied from another one's: nothing is its own by it. */
function hasUnionOfOthers(setting: InterfaceBytes): boolean {
  const { union } = functionalOf(setting);
  return (
    union !== undefined && ![union.controlInterface, ...union.subordinateInterfaces].includes(setting.number)
  );
}

/** Control and data in two interfaces. */
function paired(control: InterfaceBytes, settings: readonly InterfaceBytes[]): AcmFunction | undefined {
  const own = endpointsOf(control);
  // Each setting by itself first; then with one of its endpoints in the control interface.
  for (const others of [[], own.filter((each) => each.type === "bulk")]) {
    for (const data of settings) {
      const endpoints = endpointsOf(data);
      if (endpoints.length === 0) continue;
      const choose = (isRight: (endpoint: AcmEndpoint) => boolean) =>
        [...endpoints.filter((each) => each.type === "bulk"), ...others, ...endpoints].find(isRight);
      const input = choose(isInput);
      const output = choose(isOutput);
      if (input === undefined || output === undefined) continue;
      return {
        controlInterface: control.number,
        dataInterface: data.number,
        dataAlternateSetting: data.alternateSetting,
        notifications: [...own, ...endpoints].find((each) => isNotification(each) && each !== input),
        input,
        output,
        capabilities: functionalOf(control).acm,
      };
    }
  }
  return undefined;
}

/** All endpoints in one interface: "broken devices designed for Windows", and such without a union descriptor. */
function collapsed(control: InterfaceBytes): AcmFunction | undefined {
  const endpoints = endpointsOf(control);
  const input = endpoints.find((each) => isInput(each) && each.type === "bulk");
  const output = endpoints.find((each) => isOutput(each) && each.type === "bulk");
  if (input === undefined || output === undefined) return undefined;
  return {
    controlInterface: control.number,
    dataInterface: control.number,
    dataAlternateSetting: 0,
    notifications: endpoints.find(isNotification),
    input,
    output,
    capabilities: functionalOf(control).acm,
  };
}

/** Some devices put the functional descriptors after an endpoint instead of before it. */
function functionalOf({ extra, endpoints }: InterfaceBytes): FunctionalDescriptors {
  return parseFunctionalDescriptors([...extra, ...endpoints.flatMap((endpoint) => endpoint.extra)]);
}

function numbered(number: number): (setting: InterfaceBytes) => boolean {
  return (setting) => setting.number === number;
}

function isData(setting: InterfaceBytes): boolean {
  return setting.class === DATA_CLASS;
}

function isIn({ firstInterface, interfaceCount }: InterfaceAssociation, number: number): boolean {
  return number >= firstInterface && number < firstInterface + interfaceCount;
}

/**
 * The bulk and interrupt endpoints. bmAttributes, bits 1 to 0, and wMaxPacketSize: USB 2.0 table 9-13. Endpoint 0 and
 * packets without bytes cannot be; Linux passes over such endpoints, too.
 */
function endpointsOf({ endpoints }: InterfaceBytes): AcmEndpoint[] {
  return endpoints.flatMap(({ address, attributes, maxPacketSize }) => {
    const type = ([undefined, undefined, "bulk", "interrupt"] as const)[attributes & 0x03];
    const packetBytes = maxPacketSize & 0x7ff;
    if (type === undefined || packetBytes === 0 || (address & 0x0f) === 0) return [];
    return [{ address, type, packetBytes }];
  });
}

function isInput({ address }: AcmEndpoint): boolean {
  return (address & 0x80) !== 0;
}

function isOutput(endpoint: AcmEndpoint): boolean {
  return !isInput(endpoint);
}

function isNotification(endpoint: AcmEndpoint): boolean {
  return isInput(endpoint) && endpoint.type === "interrupt";
}
