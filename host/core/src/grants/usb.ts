import type { UsbGrant } from "../board/schema.ts";
import { isSecurityKey, smartCardClass } from "./security-keys.ts";

/** What is known of a device when a call is judged. */
export interface UsbFacts {
  readonly vendorId: number;
  readonly productId: number;
  readonly deviceClass: number;
  readonly serialNumber: string | undefined;
  /** "1-2.3". */
  readonly port: string | undefined;
  /** Of the chosen configuration. */
  readonly interfaces: readonly UsbInterfaceFacts[];
}

/** An interface, all its alternate settings together. */
export interface UsbInterfaceFacts {
  readonly number: number;
  readonly classes: readonly number[];
  /** Addresses, direction bit included. */
  readonly endpoints: readonly number[];
  /** Whether it is a HID interface whose report descriptor says FIDO. */
  readonly fido: boolean;
}

/** Something that a driver asks for. */
export type UsbCall =
  /** To open the device. */
  | { readonly kind: "open" }
  /** To use an interface: claim, release, alternate setting, the kernel's driver. */
  | { readonly kind: "interface"; readonly interface: number }
  /** To clear the halt of an endpoint. */
  | { readonly kind: "endpoint"; readonly endpoint: number }
  /** To change the device as a whole. */
  | { readonly kind: "device"; readonly change: "set-configuration" | "reset" }
  /** A bulk or interrupt transfer. */
  | { readonly kind: "transfer"; readonly endpoint: number; readonly length: number }
  /** A control transfer. */
  | {
      readonly kind: "control";
      readonly bmRequestType: number;
      readonly bRequest: number;
      readonly wIndex: number;
      readonly length: number;
    };

/** What of a call is not granted. */
export type UsbDenial =
  | "device"
  | "security-key"
  | "interface"
  | "endpoint"
  | "request"
  | "set-configuration"
  | "reset"
  | "length";

/** The answer to a call: nothing reaches the device unless it is allowed. */
export type UsbVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly denied: UsbDenial; readonly reason: string };

const allowed: UsbVerdict = { allowed: true };

/** Interface classes: usb.org, "Defined Class Codes". */
const cdcControlClass = 0x02;
const cdcDataClass = 0x0a;

/** bmRequestType: USB 2.0 table 9-2. Other recipients than these three mean no part of the device in particular. */
const directionIn = 0x80;
const standardType = 0;
const reservedType = 3;
const recipients = ["device", "interface", "endpoint"] as const;

/** bRequest of standard requests: USB 2.0 table 9-4. */
const GET_STATUS = 0;
const CLEAR_FEATURE = 1;
const SET_FEATURE = 3;
const SET_ADDRESS = 5;
const GET_DESCRIPTOR = 6;
const SET_DESCRIPTOR = 7;
const GET_CONFIGURATION = 8;
const SET_CONFIGURATION = 9;
const GET_INTERFACE = 10;
const SET_INTERFACE = 11;
const SYNCH_FRAME = 12;

/** What the standard has for each recipient, and of the device what only reads: USB 2.0 table 9-3. */
const standardRequests: Readonly<Record<(typeof recipients)[number], readonly number[]>> = {
  device: [GET_STATUS, GET_DESCRIPTOR, GET_CONFIGURATION],
  interface: [
    GET_STATUS,
    CLEAR_FEATURE,
    SET_FEATURE,
    GET_DESCRIPTOR,
    SET_DESCRIPTOR,
    GET_INTERFACE,
    SET_INTERFACE,
  ],
  endpoint: [GET_STATUS, CLEAR_FEATURE, SET_FEATURE, SYNCH_FRAME],
};

/** GET_DEVICE_ID, Printer Class 1.1 section 4.2.1: the one request that has its interface in the high byte of wIndex. */
const printerClass = 0x07;
const getDeviceId = { bmRequestType: 0xa1, bRequest: 0 } as const;

/** Whether an entry of the board means this device. */
export function matchesUsb(grant: UsbGrant, facts: UsbFacts): boolean {
  const { vendorId, productId, class: wanted, serialNumber, port } = grant;
  return (
    (vendorId === undefined || vendorId === facts.vendorId) &&
    (productId === undefined || productId === facts.productId) &&
    (serialNumber === undefined || serialNumber === facts.serialNumber) &&
    (port === undefined || port === facts.port) &&
    (wanted === undefined ||
      wanted === facts.deviceClass ||
      facts.interfaces.some(({ classes }) => classes.includes(wanted)))
  );
}

/**
 * The interfaces of a device that an entry names: those listed, or else those of its class. A CDC function has a data
 * interface beside its control interface, so class 0x02 means both.
 */
export function grantedInterfaces(grant: UsbGrant, facts: UsbFacts): number[] {
  const { class: wanted, interfaces } = grant;
  const named = ({ number, classes }: UsbInterfaceFacts) =>
    interfaces?.includes(number) ?? classes.some((each) => classesOf(wanted).includes(each));
  return facts.interfaces.filter(named).map(({ number }) => number);
}

/** The classes of interfaces that a class in an entry means. */
export function classesOf(wanted: number | undefined): readonly number[] {
  if (wanted === undefined) return [];
  return wanted === cdcControlClass ? [cdcControlClass, cdcDataClass] : [wanted];
}

/**
 * Decides whether a grant covers a call. Pure, so that `host/verdicts/usb.json` tests it, and any second host.
 *
 * @returns the first thing that is not granted
 */
export function judgeUsb(grant: UsbGrant | undefined, facts: UsbFacts, call: UsbCall): UsbVerdict {
  if (grant === undefined || !matchesUsb(grant, facts)) return deny("device", "this device is not granted");
  const keysAllowed = grant.allow.includes("security-keys");
  if (!keysAllowed && isSecurityKey(facts.vendorId, facts.productId)) {
    return deny("security-key", `the device is a security key, which needs "allow": ["security-keys"]`);
  }
  switch (call.kind) {
    case "open":
      return allowed;
    case "interface":
      return judgeInterface(grant, facts, call.interface);
    case "endpoint":
      return judgeEndpoint(grant, facts, call.endpoint);
    case "device":
      return grant.allow.includes(call.change)
        ? allowed
        : deny(call.change, `it changes the device as a whole, which needs "allow": ["${call.change}"]`);
    case "transfer":
      return first(judgeEndpoint(grant, facts, call.endpoint), () => judgeLength(grant, call.length));
    case "control":
      return first(judgeRequest(grant, facts, call), () => judgeLength(grant, call.length));
  }
}

function judgeInterface(grant: UsbGrant, facts: UsbFacts, number: number): UsbVerdict {
  const granted = grantedInterfaces(grant, facts);
  if (!granted.includes(number)) {
    return deny(
      "interface",
      `interface ${number} is not granted, only ${granted.join(", ") || "interfaces that it does not have"}`,
    );
  }
  return judgeKey(grant, facts.interfaces.find((each) => each.number === number)!);
}

function judgeKey(grant: UsbGrant, { number, classes, fido }: UsbInterfaceFacts): UsbVerdict {
  if (grant.allow.includes("security-keys") || !(fido || classes.includes(smartCardClass))) return allowed;
  const what = fido ? "a security key" : "a smart-card reader";
  return deny("security-key", `interface ${number} is ${what}, which needs "allow": ["security-keys"]`);
}

/** All interfaces that claim to have the endpoint must be granted: a device can say what it likes. */
function judgeEndpoint(grant: UsbGrant, facts: UsbFacts, endpoint: number): UsbVerdict {
  const owners = facts.interfaces.filter(({ endpoints }) => endpoints.includes(endpoint));
  if (owners.length === 0) return deny("endpoint", `no interface has an endpoint ${hex(endpoint)}`);
  for (const { number } of owners) {
    const verdict = judgeInterface(grant, facts, number);
    if (!verdict.allowed) {
      const denied = verdict.denied === "interface" ? "endpoint" : verdict.denied;
      return deny(denied, `endpoint ${hex(endpoint)}: ${verdict.reason}`);
    }
  }
  return allowed;
}

function judgeRequest(
  grant: UsbGrant,
  facts: UsbFacts,
  call: Extract<UsbCall, { kind: "control" }>,
): UsbVerdict {
  const { bmRequestType, bRequest, wIndex } = call;
  const type = (bmRequestType >> 5) & 0x03;
  const recipient = recipients[bmRequestType & 0x1f];
  if (type === standardType) {
    // Whatever recipient and direction it claims to have: firmware may look at nothing but bRequest, and a request without
    // data has no direction (USB 2.0 section 9.3.1).
    if (bRequest === SET_ADDRESS) return deny("request", "only the operating system gives addresses");
    if (bRequest === SET_CONFIGURATION) {
      return judgeUsb(grant, facts, { kind: "device", change: "set-configuration" });
    }
    if (recipient === undefined || !standardRequests[recipient].includes(bRequest)) {
      return judgeDeviceRequest(grant, facts, type);
    }
    if (recipient === "device") {
      return (bmRequestType & directionIn) !== 0 ? allowed : judgeDeviceRequest(grant, facts, type);
    }
  }
  // No standard says what a request of the reserved type means, nor to whom.
  if (type === reservedType) return judgeDeviceRequest(grant, facts, type);
  switch (recipient) {
    case "interface":
      return asRequest(judgeInterface(grant, facts, addressedInterface(facts, call)));
    case "endpoint":
      return asRequest(judgeEndpoint(grant, facts, wIndex & 0xff));
    default:
      return judgeDeviceRequest(grant, facts, type);
  }
}

/** A request to the device as a whole can do anything, to every interface: firmware need not look at the recipient. */
function judgeDeviceRequest(grant: UsbGrant, facts: UsbFacts, type: number): UsbVerdict {
  if (!grant.allow.includes("device-requests")) {
    return deny("request", `it goes to the device as a whole, which needs "allow": ["device-requests"]`);
  }
  if (type === standardType) return allowed;
  for (const each of facts.interfaces) {
    const verdict = judgeKey(grant, each);
    if (!verdict.allowed) return verdict;
  }
  return allowed;
}

function addressedInterface(
  { interfaces }: UsbFacts,
  { bmRequestType, bRequest, wIndex }: Extract<UsbCall, { kind: "control" }>,
): number {
  const high = wIndex >> 8;
  const asksForId = bmRequestType === getDeviceId.bmRequestType && bRequest === getDeviceId.bRequest;
  const isPrinter = interfaces.some(
    ({ number, classes }) => number === high && classes.includes(printerClass),
  );
  return asksForId && isPrinter ? high : wIndex & 0xff;
}

function asRequest(verdict: UsbVerdict): UsbVerdict {
  if (verdict.allowed || verdict.denied === "security-key") return verdict;
  return deny("request", verdict.reason);
}

function judgeLength(grant: UsbGrant, length: number): UsbVerdict {
  return length <= grant.maximumLength
    ? allowed
    : deny("length", `${length} bytes; at most ${grant.maximumLength} are granted`);
}

function first(verdict: UsbVerdict, next: () => UsbVerdict): UsbVerdict {
  return verdict.allowed ? next() : verdict;
}

function deny(denied: UsbDenial, reason: string): UsbVerdict {
  return { allowed: false, denied, reason };
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, "0")}`;
}
