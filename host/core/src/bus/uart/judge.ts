import { fastestUart, longestUartLength, slowestUart, type UartGrant } from "./grant.ts";

/** What a driver asks of its port. */
export type UartCall =
  /** `length` is the most bytes of a read, and how many a write has. */
  | { readonly kind: "read" | "write"; readonly length: number }
  | { readonly kind: "drain" | "discard" }
  | { readonly kind: "set-baud-rate"; readonly baudRate: number };

/** What of a call is not granted. */
export type UartDenial = "port" | "direction" | "length" | "baud-rate";

/** The answer to a call: nothing reaches the port unless it is allowed. */
export type UartVerdict =
  | { readonly allowed: true }
  /** Only where the entry is not enforced: not granted, and yet no more than an entry could grant. */
  | { readonly allowed: true; readonly wouldBeDenied: UartDenial; readonly reason: string }
  | { readonly allowed: false; readonly denied: UartDenial; readonly reason: string };

/** The direction that a call belongs to. Another speed is of neither. */
const directions = { read: "read", discard: "read", write: "write", drain: "write" } as const;

/**
 * Decides whether a grant covers a call. Pure, so that `host/verdicts/uart.json` tests it, and any second host.
 *
 * @param enforce false for complain mode: direction, length and speed are then told and allowed, within what any entry could grant
 * @returns the first thing that is not granted, in the order port, direction, length or speed
 */
export function judgeUart(grant: UartGrant | undefined, call: UartCall, enforce = true): UartVerdict {
  const verdict = judge(grant, call, isListed);
  if (enforce || verdict.allowed || grant === undefined) return verdict;
  const widest = judge(
    { ...grant, direction: "read-write", maximumLength: longestUartLength },
    call,
    isPossible,
  );
  return widest.allowed ? { allowed: true, wouldBeDenied: verdict.denied, reason: verdict.reason } : widest;
}

/** The answer of an entry that is enforced. */
type Enforced = Exclude<UartVerdict, { readonly wouldBeDenied: UartDenial }>;

function judge(
  grant: UartGrant | undefined,
  call: UartCall,
  isGranted: (grant: UartGrant, baudRate: number) => boolean,
): Enforced {
  if (grant === undefined) return deny("port", "no serial port is granted");
  if (call.kind === "set-baud-rate") {
    if (isGranted(grant, call.baudRate)) return { allowed: true };
    const rates = [grant.baudRate, ...grant.baudRates].join(", ");
    return deny("baud-rate", `${call.baudRate} baud are not granted, only ${rates}`);
  }
  if (grant.direction !== "read-write" && directions[call.kind] !== grant.direction) {
    return deny("direction", `a ${call.kind} is not granted, only "${grant.direction}" is`);
  }
  if (!("length" in call)) return { allowed: true };
  const { kind, length } = call;
  return length >= 1 && length <= grant.maximumLength
    ? { allowed: true }
    : deny("length", `a ${kind} of ${length} bytes; 1 to ${grant.maximumLength} are granted`);
}

function isListed(grant: UartGrant, baudRate: number): boolean {
  return baudRate === grant.baudRate || grant.baudRates.includes(baudRate);
}

function isPossible(_: UartGrant, baudRate: number): boolean {
  return baudRate >= slowestUart && baudRate <= fastestUart;
}

function deny(denied: UartDenial, reason: string): Enforced {
  return { allowed: false, denied, reason };
}
