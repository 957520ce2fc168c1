/** What stands between a component and a bus on which it runs whole transactions: the grant, the rate, the audit trail and the trace. */

import { audit, type CommonContext, overRate } from "../instance/context.ts";
import type { BusTraceEvent } from "../trace/events.ts";
import type { BusOpened } from "./opened.ts";

/** A transaction that a component asks for. */
interface Call<Operation> {
  readonly operations: readonly Operation[];
}

/** What was opened of the bus. */
interface Opened<Operation> extends BusOpened {
  readonly counts: {
    /** Notes what a transaction is made of. */
    operations(operations: readonly Operation[]): void;
  };
}

/** What it gave, one array for each operation that receives something, at once or later. */
type Answer = Uint8Array[] | Promise<Uint8Array[]>;

/** The answer to a call; see the `judge` of a bus. */
type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: true; readonly wouldBeDenied: string; readonly reason: string }
  | { readonly allowed: false; readonly denied: string; readonly reason: string };

/** What all events of transactions have. */
type When = Pick<BusTraceEvent, "device" | "startMs" | "durationMs">;

/** What is a bus's own of its transactions. */
export interface TransactionRules<Bus extends Opened<Operation>, Asked extends Call<Operation>, Operation> {
  judge(opened: Bus, call: Asked, enforce: boolean): Verdict;
  /** Lets it reach the bus. @throws the bus's error, also by a promise */
  transact(opened: Bus, call: Asked): Answer;
  /** What is asked for, in the audit trail: "i2c transaction on ...". */
  describe(opened: Bus, call: Asked): string;
  /** What is told of it, but for how it ended. */
  event(opened: Bus, call: Asked, when: When): BusTraceEvent;
  /** What is told of what the bus throws; undefined where that is no error of the bus. */
  failure(thrown: unknown): { readonly code: unknown; readonly message: string } | undefined;
  /** What the component gets that asked for too much. */
  refusal(reason: string): Error;
}

/**
 * The transactions of one handle: each is judged, counted, then traced. Where the bus answers at once, so does this: a promise would
 * cost several times what the transaction costs.
 */
export class Transactions<Bus extends Opened<Operation>, Asked extends Call<Operation>, Operation> {
  readonly #context: CommonContext;
  readonly #opened: Bus;
  readonly #rules: TransactionRules<Bus, Asked, Operation>;

  constructor(context: CommonContext, opened: Bus, rules: TransactionRules<Bus, Asked, Operation>) {
    this.#context = context;
    this.#opened = opened;
    this.#rules = rules;
  }

  /** @throws the bus's error: also for what is not granted, which reaches no bus */
  run(call: Asked): Answer {
    const { budget, entry, trace } = this.#context;
    budget.check();
    const opened = this.#opened;
    const rules = this.#rules;
    const verdict = rules.judge(opened, call, entry.enforce !== false);
    if (!verdict.allowed) {
      audit(this.#context, rules.describe(opened, call), verdict.denied, verdict.reason);
      throw rules.refusal(verdict.reason);
    }
    if ("wouldBeDenied" in verdict) {
      const described = rules.describe(opened, call);
      audit(this.#context, described, verdict.wouldBeDenied, verdict.reason, "would-be-denied");
    }
    const over = overRate(this.#context, () => rules.describe(opened, call));
    if (over !== undefined) throw rules.refusal(over);
    opened.counts.operations(call.operations);
    if (call.operations.length === 0) return [];
    const answer = trace.active ? this.#traced(call) : rules.transact(opened, call);
    return answer instanceof Promise ? budget.wait(answer) : answer;
  }

  #traced(call: Asked): Answer {
    const { clock, device, trace } = this.#context;
    const opened = this.#opened;
    const rules = this.#rules;
    const startMs = clock.now();
    const tell = (ending: object) => {
      const event = rules.event(opened, call, { device, startMs, durationMs: clock.now() - startMs });
      trace.emit({ ...event, ...ending });
    };
    const succeeded = (results: Uint8Array[]) => {
      tell({ results });
      return results;
    };
    const failed = (thrown: unknown): never => {
      const error = rules.failure(thrown);
      if (error !== undefined) tell({ error });
      throw thrown;
    };
    let answer: Answer;
    try {
      answer = rules.transact(opened, call);
    } catch (thrown) {
      return failed(thrown);
    }
    return answer instanceof Promise ? answer.then(succeeded, failed) : succeeded(answer);
  }
}
