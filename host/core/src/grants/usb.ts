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

/** bmRequestType: USB 2.0 table 9-2. */
const directionIn = 0x80;
const standardType = 0;
const recipients = ["device", "interface", "endpoint"] as const;

/** bRequest of the standard requests that change something: USB 2.0 table 9-4. */
const SET_ADDRESS = 5;
const SET_CONFIGURATION = 9;

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
  const { classes, fido } = facts.interfaces.find((each) => each.number === number)!;
  if ((fido || classes.includes(smartCardClass)) && !grant.allow.includes("security-keys")) {
    const what = fido ? "a security key" : "a smart-card reader";
    return deny("security-key", `interface ${number} is ${what}, which needs "allow": ["security-keys"]`);
  }
  return allowed;
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
  const isStandard = ((bmRequestType >> 5) & 0x03) === standardType;
  switch (recipients[bmRequestType & 0x1f]) {
    case "interface":
      return asRequest(judgeInterface(grant, facts, wIndex & 0xff));
    case "endpoint":
      return asRequest(judgeEndpoint(grant, facts, wIndex & 0x8f));
    case "device":
      if (!isStandard) break;
      // Standard requests in IN direction only read: USB 2.0 table 9-3.
      if ((bmRequestType & directionIn) !== 0) return allowed;
      if (bRequest === SET_ADDRESS) return deny("request", "only the operating system gives addresses");
      if (bRequest === SET_CONFIGURATION) {
        return judgeUsb(grant, facts, { kind: "device", change: "set-configuration" });
      }
  }
  return grant.allow.includes("device-requests")
    ? allowed
    : deny("request", `it goes to the device as a whole, which needs "allow": ["device-requests"]`);
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
