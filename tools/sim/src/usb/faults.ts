import type { LibusbErrorCode } from "@busbar/host/backend";
import { requestName, StrikeCounter, strikesOrdinal, type UsbSetup, wholeNumber } from "@busbar/model";
import * as v from "valibot";

/**
 * What goes wrong with a transfer:
 *
 * - `stall`: the device stalls it, and the endpoint is halted
 * - `no-response`: the device does not answer, which the host sees as `io`
 * - `silent`: the device does not answer either, and the host waits until its own limit
 * - `short`: it ends after half of its data
 * - `overflow`: the device sends more than was asked for; transfers in IN direction only
 * - `slow`: it takes `delayMs` longer
 * - `unplug`: the device is pulled out, and comes back after `delayMs` where that is given
 * - `no-memory`, `unsupported`, `other`: the operating system refuses it as soon as it is submitted, because it has no memory
 *   left for it (as usbfs after 16 MiB), cannot carry it out, or for a reason of its own; the device sees nothing of it
 */
export type UsbFaultKind = (typeof FAULT_KINDS)[number];

const FAULT_KINDS = [
  "stall",
  "no-response",
  "silent",
  "short",
  "overflow",
  "slow",
  "unplug",
  "no-memory",
  "unsupported",
  "other",
] as const;

/** The faults of the operating system, and the error of each. */
const REFUSALS: Partial<Record<UsbFaultKind, LibusbErrorCode>> = {
  "no-memory": "no-mem",
  unsupported: "not-supported",
  other: "other",
};

/** The error of a transfer that the operating system refuses; undefined for what goes wrong later. */
export function refusalOf(fault: UsbFaultKind): LibusbErrorCode | undefined {
  return REFUSALS[fault];
}

/** When something goes wrong, and what. Transfers are counted from 1 as they are submitted. */
export interface UsbFault {
  /** What goes wrong. */
  readonly fault: UsbFaultKind;
  /** Only transfers of this endpoint count, direction bit included; 0 for control transfers. Left out: all of them. */
  readonly endpoint?: number | undefined;
  /** Only this control request counts: bmRequestType and bRequest in hexadecimal, "21/0b" (USB 2.0 table 9-2). */
  readonly request?: string | undefined;
  /** Of the control requests only those with this wValue. */
  readonly value?: number | undefined;
  /** The first transfer that it strikes, from 1; `every` where left out, and 1 where that is left out too. */
  readonly transfer?: number | undefined;
  /** Strikes again each so many transfers. Left out: only once, or `count` times in a row. */
  readonly every?: number | undefined;
  /** Strikes at most so often. Left out: once, or for ever where there is an `every`. */
  readonly count?: number | undefined;
  /** For `slow`, 1000 where left out, and for `unplug`. */
  readonly delayMs?: number | undefined;
}

const endpoint = v.pipe(
  v.string(),
  v.regex(/^0x[08]?[0-9a-f]$/i, 'expected an endpoint such as "0x81"'),
  v.transform(Number),
);

const request = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{2}\/[0-9a-f]{2}$/i, 'expected bmRequestType and bRequest such as "21/0b"'),
);

/** A {@link UsbFault} as the board file has it, in the `faults` list of a simulate entry. */
export const usbFaultSchema = v.strictObject({
  fault: v.picklist(FAULT_KINDS),
  endpoint: v.optional(endpoint),
  request: v.optional(request),
  value: v.optional(wholeNumber(0, 0xffff)),
  transfer: strikesOrdinal,
  every: strikesOrdinal,
  count: strikesOrdinal,
  delayMs: v.optional(wholeNumber(0, 3_600_000)),
}) satisfies v.GenericSchema<unknown, UsbFault>;

/** One injected fault: counts the transfers that concern it, and says which it strikes. */
export class UsbFaultCounter {
  readonly fault: UsbFault;
  readonly #transfers: StrikeCounter;

  constructor(fault: UsbFault) {
    const { transfer: first, every, count } = fault;
    this.fault = fault;
    this.#transfers = new StrikeCounter({ first, every, count });
  }

  /** Counts a transfer that it concerns; whether the fault strikes it. @param setup of a control transfer */
  strikes(endpointAddress: number, setup?: UsbSetup): boolean {
    const { endpoint, request, value } = this.fault;
    if (endpoint !== undefined && endpoint !== endpointAddress) return false;
    if (request !== undefined && (setup === undefined || request.toLowerCase() !== requestName(setup)))
      return false;
    if (value !== undefined && value !== setup?.wValue) return false;
    return this.#transfers.next();
  }
}
