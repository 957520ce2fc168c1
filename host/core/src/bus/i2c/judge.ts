import { hex } from "../../hex.ts";
import { addressesOf } from "./addresses.ts";
import type { I2cBusName, I2cOperation } from "./backend.ts";
import { busNameOf } from "./bus-name.ts";
import { type I2cGrant, longestI2cLength } from "./grant.ts";

/** A transaction that a driver asks for. */
export interface I2cCall {
  readonly bus: I2cBusName;
  readonly address: number;
  readonly operations: readonly I2cOperation[];
}

/** What of a call is not granted. */
export type I2cDenial = "bus" | "address" | "direction" | "length";

/** The answer to a call: nothing reaches the bus unless it is allowed. */
export type I2cVerdict =
  | { readonly allowed: true }
  /** Only where the entry is not enforced: not granted, and yet within the target. */
  | { readonly allowed: true; readonly wouldBeDenied: I2cDenial; readonly reason: string }
  | { readonly allowed: false; readonly denied: I2cDenial; readonly reason: string };

const allowed = { allowed: true } as const;

/**
 * The most operations of one transaction, as in Linux (I2C_RDWR_IOCTL_MAX_MSGS): a bound that holds on every backend.
 */
export const maximumOperations = 42;

/**
 * The most bytes of one transaction, all its operations together: twice Linux's longest operation, so that one as long as
 * that has room for a register number before it, or an equal beside it. 42 of the longest would hold an ordinary bus of
 * 100 kHz, and the thread that waits for it, for half a minute.
 */
export const maximumTransactionBytes = 16_384;

/**
 * Decides whether a grant covers a call. Pure, so that `host/verdicts/i2c.json` tests it, and any second host. It looks at
 * no more than 43 operations.
 *
 * @param enforce false for complain mode: direction and length are then told and allowed, within what any entry could grant
 * @returns the first thing that is not granted, in the order bus, address, number of operations (as "length"), direction,
 *   length
 */
export function judgeI2c(grant: I2cGrant | undefined, call: I2cCall, enforce = true): I2cVerdict {
  const verdict = judge(grant, call);
  if (enforce || verdict.allowed || grant === undefined) return verdict;
  const widest = judge({ ...grant, direction: "read-write", maximumLength: longestI2cLength }, call);
  return widest.allowed ? { allowed: true, wouldBeDenied: verdict.denied, reason: verdict.reason } : widest;
}

/** The answer of an entry that is enforced. */
type Enforced = Exclude<I2cVerdict, { readonly wouldBeDenied: I2cDenial }>;

function judge(grant: I2cGrant | undefined, call: I2cCall): Enforced {
  if (grant === undefined || (call.bus !== grant.bus && busNameOf(call.bus) !== grant.bus)) {
    return deny("bus", `bus ${busNameOf(call.bus)} is not granted`);
  }
  // One address is what almost every part has: each transaction comes by here.
  if (call.address !== grant.address && !addressesOf(grant).includes(call.address)) {
    const addresses = addressesOf(grant);
    const granted = `only ${addresses.map(hex).join(", ")} ${addresses.length === 1 ? "is" : "are"}`;
    return deny("address", `address ${hex(call.address)} is not granted, ${granted}`);
  }
  if (call.operations.length > maximumOperations) {
    return deny("length", `more than ${maximumOperations} operations in one transaction`);
  }
  for (const operation of call.operations) {
    if (grant.direction !== "read-write" && operation.kind !== grant.direction) {
      return deny("direction", `a ${operation.kind} is not granted, only "${grant.direction}" is`);
    }
  }
  let bytes = 0;
  for (const operation of call.operations) {
    const length = operation.kind === "read" ? operation.length : operation.data.length;
    if (!(length >= 1 && length <= grant.maximumLength)) {
      return deny(
        "length",
        `a ${operation.kind} of ${length} bytes; 1 to ${grant.maximumLength} are granted`,
      );
    }
    bytes += length;
  }
  return bytes <= maximumTransactionBytes
    ? allowed
    : deny("length", `${bytes} bytes in one transaction; ${maximumTransactionBytes} are allowed`);
}

function deny(denied: I2cDenial, reason: string): Enforced {
  return { allowed: false, denied, reason };
}
