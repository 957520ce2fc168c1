import { longestName } from "../../interfaces/busbar-board.ts";
import { cut } from "../../text.ts";
import type { GpioDirection } from "./backend.ts";
import type { GpioGrant, GpioLineGrant } from "./grant.ts";

/** A pin that a driver asks for. */
export interface GpioCall {
  /** The line's key in the entry. */
  readonly line: string;
  readonly direction: GpioDirection;
}

/** What of a call is not granted. */
export type GpioDenial = "line" | "direction";

/** The answer to a call: no pin is handed out unless it is allowed. */
export type GpioVerdict =
  | { readonly allowed: true }
  /** Only where the entry is not enforced: not granted, and yet one of the entry's lines. */
  | { readonly allowed: true; readonly wouldBeDenied: GpioDenial; readonly reason: string }
  | { readonly allowed: false; readonly denied: GpioDenial; readonly reason: string };

/**
 * Decides whether a grant covers a pin. Pure, so that `host/verdicts/gpio.json` tests it, and any second host.
 *
 * @param enforce false for complain mode: the direction is then told and allowed
 * @returns the first thing that is not granted, in the order line, direction
 */
export function judgeGpio(
  grant: GpioGrant | undefined,
  { line, direction }: GpioCall,
  enforce = true,
): GpioVerdict {
  const granted = grant && lineOf(grant, line);
  if (granted === undefined) {
    const reason = `the line ${shownLine(line)} is not granted`;
    return { allowed: false, denied: "line", reason };
  }
  if (covers(granted.direction, direction)) return { allowed: true };
  const reason = `"${direction}" is not granted for the line "${line}", only "${granted.direction}" is`;
  return enforce
    ? { allowed: false, denied: "direction", reason }
    : { allowed: true, wouldBeDenied: "direction", reason };
}

/** The line that an entry has by this name. */
export function lineOf({ lines }: GpioGrant, name: string): GpioLineGrant | undefined {
  return Object.hasOwn(lines, name) ? lines[name] : undefined;
}

/** A line that was asked for, in a sentence: a driver can ask for a name of any length. */
export function shownLine(line: string): string {
  return JSON.stringify(cut(line, longestName));
}

/** Whether a line that is used as `granted` can be used as `direction`. */
export function covers(granted: GpioDirection, direction: GpioDirection): boolean {
  return granted === direction || granted === "in-out";
}

/** What covers both. */
export function both(one: GpioDirection, other: GpioDirection): GpioDirection {
  return one === other ? one : "in-out";
}
