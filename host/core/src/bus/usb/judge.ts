import { hex } from "../../hex.ts";
import { longestUsbTransfer, type UsbGrant } from "./grant.ts";
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
  /** Only where the entry is not enforced: not granted, and yet within the granted interfaces. */
  | { readonly allowed: true; readonly wouldBeDenied: UsbDenial; readonly reason: string }
  | { readonly allowed: false; readonly denied: UsbDenial; readonly reason: string };

/** The answer of an entry that is enforced. */
type Enforced = Exclude<UsbVerdict, { readonly wouldBeDenied: UsbDenial }>;

const allowed = { allowed: true } as const;

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

/** Standard requests that change nothing: USB 2.0 table 9-4. */
const readingRequests = [GET_STATUS, GET_DESCRIPTOR, GET_CONFIGURATION, GET_INTERFACE, SYNCH_FRAME];

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
 * @param enforce false for complain mode: what stays within the granted interfaces is then told and allowed
 * @returns the first thing that is not granted
 */
export function judgeUsb(
  grant: UsbGrant | undefined,
  facts: UsbFacts,
  call: UsbCall,
  enforce = true,
): UsbVerdict {
  const verdict = judge(grant, facts, call);
  if (enforce || verdict.allowed || grant === undefined) return verdict;
  const wide = { ...grant, maximumLength: longestUsbTransfer };
  const widest = staysWithin(grant, facts, call)
    ? judgeLength(wide, lengthOf(call))
    : judge(wide, facts, call);
  return widest.allowed ? { allowed: true, wouldBeDenied: verdict.denied, reason: verdict.reason } : widest;
}

/**
 * Whether a control request that is not granted cannot reach more than the granted interfaces: it only reads by a standard
 * request, from one of them; or it is of the class's or the vendor's and for the whole device, and they are all that the device has.
 */
function staysWithin(grant: UsbGrant, facts: UsbFacts, call: UsbCall): boolean {
  if (call.kind !== "control" || !judge(grant, facts, { kind: "open" }).allowed) return false;
  const { bmRequestType, bRequest, wIndex, length } = call;
  const type = (bmRequestType >> 5) & 0x03;
  const recipient = recipients[bmRequestType & 0x1f];
  if (type === standardType) {
    // Without data a request has no direction (USB 2.0 section 9.3.1), and then it may be a command.
    const reads = (bmRequestType & directionIn) !== 0 && length > 0 && readingRequests.includes(bRequest);
    if (!reads) return false;
    if (recipient === "interface") return judgeInterface(grant, facts, wIndex & 0xff).allowed;
    return recipient === "endpoint" && judgeEndpoint(grant, facts, wIndex & 0xff).allowed;
  }
  if (type === reservedType || recipient !== "device") return false;
  if (facts.interfaces.length === 0) return false;
  return facts.interfaces.every(({ number }) => judgeInterface(grant, facts, number).allowed);
}

/**
 * The interfaces that a call which is allowed is about, and all that the grant names.
 *
 * @returns `used` is empty for what is about the device as a whole
 */
export function interfacesOf(
  grant: UsbGrant,
  facts: UsbFacts,
  call: UsbCall,
): { readonly used: readonly number[]; readonly granted: readonly number[] } {
  const owners = (endpoint: number) =>
    facts.interfaces.filter(({ endpoints }) => endpoints.includes(endpoint)).map(({ number }) => number);
  const about = (): readonly number[] => {
    if (call.kind === "interface") return [call.interface];
    if (call.kind === "endpoint" || call.kind === "transfer") return owners(call.endpoint);
    if (call.kind !== "control") return [];
    const recipient = recipients[call.bmRequestType & 0x1f];
    if (recipient === "interface") return [addressedInterface(facts, call)];
    return recipient === "endpoint" ? owners(call.wIndex & 0xff) : [];
  };
  const granted = grantedInterfaces(grant, facts);
  return { used: about().filter((number) => granted.includes(number)), granted };
}

/** What of `allow` a call that is allowed, or only told of, cannot do without. */
export function neededAllowances(
  grant: UsbGrant,
  facts: UsbFacts,
  call: UsbCall,
): readonly UsbGrant["allow"][number][] {
  const all = [...new Set([...grant.allow, "device-requests" as const])];
  return all.filter((each) => {
    const without = {
      ...grant,
      allow: all.filter((other) => other !== each),
      maximumLength: longestUsbTransfer,
    };
    return !judge(without, facts, call).allowed;
  });
}

function lengthOf(call: UsbCall): number {
  return "length" in call ? call.length : 0;
}

function judge(grant: UsbGrant | undefined, facts: UsbFacts, call: UsbCall): Enforced {
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

function judgeInterface(grant: UsbGrant, facts: UsbFacts, number: number): Enforced {
  const granted = grantedInterfaces(grant, facts);
  if (!granted.includes(number)) {
    return deny(
      "interface",
      `interface ${number} is not granted, only ${granted.join(", ") || "interfaces that it does not have"}`,
    );
  }
  return judgeKey(grant, facts.interfaces.find((each) => each.number === number)!);
}

function judgeKey(grant: UsbGrant, { number, classes, fido }: UsbInterfaceFacts): Enforced {
  if (grant.allow.includes("security-keys") || !(fido || classes.includes(smartCardClass))) return allowed;
  const what = fido ? "a security key" : "a smart-card reader";
  return deny("security-key", `interface ${number} is ${what}, which needs "allow": ["security-keys"]`);
}

/** All interfaces that claim to have the endpoint must be granted: a device can say what it likes. */
function judgeEndpoint(grant: UsbGrant, facts: UsbFacts, endpoint: number): Enforced {
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
): Enforced {
  const { bmRequestType, bRequest, wIndex } = call;
  const type = (bmRequestType >> 5) & 0x03;
  const recipient = recipients[bmRequestType & 0x1f];
  if (type === standardType) {
    // Whatever recipient and direction it claims to have: firmware may look at nothing but bRequest, and a request without
    // data has no direction (USB 2.0 section 9.3.1).
    if (bRequest === SET_ADDRESS) return deny("request", "only the operating system gives addresses");
    if (bRequest === SET_CONFIGURATION) {
      return judge(grant, facts, { kind: "device", change: "set-configuration" });
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
function judgeDeviceRequest(grant: UsbGrant, facts: UsbFacts, type: number): Enforced {
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

function asRequest(verdict: Enforced): Enforced {
  if (verdict.allowed || verdict.denied === "security-key") return verdict;
  return deny("request", verdict.reason);
}

function judgeLength(grant: UsbGrant, length: number): Enforced {
  return length <= grant.maximumLength
    ? allowed
    : deny("length", `${length} bytes; at most ${grant.maximumLength} are granted`);
}

function first(verdict: Enforced, next: () => Enforced): Enforced {
  return verdict.allowed ? next() : verdict;
}

function deny(denied: UsbDenial, reason: string): Enforced {
  return { allowed: false, denied, reason };
}
