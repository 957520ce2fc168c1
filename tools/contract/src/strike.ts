/** Strikes a driver with bus faults, one transaction after the other, and looks at what it says. */

import type { BusFaultKind } from "@busbar/guest";
import type { DeviceErrorPayload } from "@busbar/host";
import { expect } from "vitest";
import type { TestBus } from "./wiring.ts";

/** No open and no read needs more; a driver that does loops. */
const MOST_TRANSACTIONS = 500;

/**
 * Runs `work` again and again with a fault at its first transaction, its second, and so on, until it gets by without
 * being struck. Each time it is struck it must fail as that fault does.
 *
 * @param fault and as which kind of fault the caller sees it
 * @param after must work after each time
 * @param mayPass whether it may get by though it was struck
 * @returns how many transactions `work` has
 */
export async function strikeEach(
  bus: TestBus,
  [fault, kind]: readonly [fault: string, kind: BusFaultKind],
  work: () => Promise<void>,
  { after, mayPass = false }: { after?: () => Promise<void>; mayPass?: boolean } = {},
): Promise<number> {
  for (let transaction = 1; transaction <= MOST_TRANSACTIONS; transaction++) {
    const before = bus.transactions;
    bus.inject({ fault, transaction });
    const outcome = await settle(work);
    const used = bus.transactions - before;
    bus.clearFaults();
    if (used < transaction) {
      if ("error" in outcome) throw outcome.error;
      return transaction - 1;
    }
    const where = `transaction ${transaction}`;
    if ("error" in outcome) {
      expect(payloadOf(outcome.error), where).toMatchObject({ tag: "bus", val: { kind } });
    } else if (!mayPass) throw new Error(`${where} was struck, and nobody minded`);
    await after?.();
  }
  throw new Error(`more than ${MOST_TRANSACTIONS} transactions`);
}

/** How something ended. */
export type Settled<Value> = { readonly value: Value } | { readonly error: unknown };

/** The value, or the WIT error. What is no WIT error is thrown: a driver must not fail otherwise. */
export async function settle<Value>(work: () => Promise<Value>): Promise<Settled<Value>> {
  try {
    return { value: await work() };
  } catch (error) {
    payloadOf(error);
    return { error };
  }
}

/** The WIT error that `promise` ends in. */
export async function failure(promise: Promise<unknown>): Promise<DeviceErrorPayload> {
  const outcome = await settle(() => promise);
  if ("error" in outcome) return payloadOf(outcome.error);
  throw new Error("it should have failed");
}

function payloadOf(error: unknown): DeviceErrorPayload {
  const { payload } = error as { payload?: DeviceErrorPayload };
  if (typeof payload?.tag === "string") return payload;
  throw error;
}
