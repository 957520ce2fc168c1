import type { CommonEntry } from "../board/entry.ts";
import type { OpenedBuses } from "../bus/opened.ts";
import type { Clock } from "../clock.ts";
import type { TransactionQuota } from "../grants/rate.ts";
import type { AuditEvent, ComplaintEvent } from "../trace/events.ts";
import type { Trace } from "../trace/trace.ts";
import type { CallBudget } from "./budget.ts";

/** What every import of a driver instance works with. */
export interface CommonContext {
  /** The device's name in the board file. */
  readonly device: string;
  readonly entry: CommonEntry;
  readonly clock: Clock;
  readonly trace: Trace;
  readonly budget: CallBudget;
  /** The device's, not the instance's: neither another handle nor another start gives more. */
  readonly quota: TransactionQuota;
}

/** What the imports of one driver instance work with. */
export interface InstanceContext extends CommonContext {
  /** What was opened of the buses that the entry is wired to. */
  readonly opened: OpenedBuses;
}

/**
 * Counts a transaction on a bus, or what is one there: as many a second are allowed as the entry says. One too many is written down.
 *
 * @param call what is asked for, for the audit trail
 * @returns why it is refused; undefined where it goes on
 */
export function overRate(context: CommonContext, call: () => string): string | undefined {
  const taken = context.quota.takeTransaction();
  if (taken === "taken") return undefined;
  const reason = `more than ${context.entry.limits.transactionsPerSecond} transactions in a second`;
  const isRefused = taken === "refused";
  audit(context, call(), "rate", reason, isRefused ? "denied" : "would-be-denied");
  return isRefused ? reason : undefined;
}

/** Writes one denial to the audit trail; or, of an entry that is not enforced, what would have been one. */
export function audit(
  context: Pick<CommonContext, "device" | "clock" | "trace">,
  call: string,
  denied: string,
  reason: string,
  kind: "denied" | "would-be-denied" = "denied",
): void {
  const { clock, device, trace } = context;
  const event: AuditEvent | ComplaintEvent = { kind, device, startMs: clock.now(), call, denied, reason };
  trace.emit(event);
}
