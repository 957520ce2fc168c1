/** wasi:i2c@0.2.0-draft as a driver instance gets it: every transaction is judged against its grant, then traced. */

import { hex } from "../../hex.ts";
import type { CallBudget } from "../../instance/budget.ts";
import { audit, type CommonContext } from "../../instance/context.ts";
import { InstanceHandle } from "../../instance/handle.ts";
import type { I2cAnswer, I2cOperation } from "./backend.ts";
import { I2cError } from "./error.ts";
import { judgeI2c, maximumOperations } from "./judge.ts";
import type { OpenedI2c } from "./opened.ts";
import { describeOperations, type I2cTraceEvent } from "./trace.ts";

/** wasi:i2c/i2c `operation` as a component hands it over. */
type WitOperation =
  | { readonly tag: "read"; readonly val: bigint }
  | { readonly tag: "write"; readonly val: Uint8Array };

/** The functions of wasi:i2c/i2c: they wait where the bus answers later. */
export const transactionWaits = [
  "[method]i2c.transaction",
  "[method]i2c.read",
  "[method]i2c.write",
  "[method]i2c.write-read",
] as const;

/** wasi:i2c/i2c `i2c` as a guest sees it, which waits for what comes later, and so by the types of its bindings. */
export interface I2cHandle extends Disposable {
  /** wasi:i2c/i2c `transaction`: several operations without a stop condition between them. @throws the variant `error-code` */
  transaction(address: number, operations: readonly WitOperation[]): Uint8Array[];
  /** wasi:i2c/i2c `read`. @throws as `transaction` */
  read(address: number, length: bigint): Uint8Array;
  /** wasi:i2c/i2c `write`. @throws as `transaction` */
  write(address: number, data: Uint8Array): void;
  /** wasi:i2c/i2c `write-read`: a write, and a read after a repeated start. @throws as `transaction` */
  writeRead(address: number, data: Uint8Array, readLength: bigint): Uint8Array;
}

/**
 * wasi:i2c/i2c `i2c`: one controller, seen through one driver's grant. Where the bus answers at once, so does this: a promise would
 * cost several times what the transaction costs.
 */
export class I2cResource extends InstanceHandle {
  readonly #context: CommonContext;
  readonly #opened: OpenedI2c;

  constructor(context: CommonContext, opened: OpenedI2c) {
    super(context.budget);
    this.#context = context;
    this.#opened = opened;
  }

  transaction(address: number, operations: readonly WitOperation[]): I2cAnswer {
    this.#context.budget.check();
    // One more than is ever granted is enough to be refused; nothing is made of a million.
    const judged = operations.slice(0, maximumOperations + 1);
    return this.#run(
      address,
      judged.map(({ tag, val }) =>
        tag === "read" ? { kind: tag, length: Number(val) } : { kind: tag, data: val },
      ),
    );
  }

  read(address: number, length: bigint): Uint8Array | Promise<Uint8Array> {
    return firstOf(this.#run(address, [{ kind: "read", length: Number(length) }]));
  }

  write(address: number, data: Uint8Array): void | Promise<void> {
    const answer = this.#run(address, [{ kind: "write", data }]);
    if (answer instanceof Promise) return answer.then(() => undefined);
  }

  writeRead(address: number, data: Uint8Array, readLength: bigint): Uint8Array | Promise<Uint8Array> {
    return firstOf(
      this.#run(address, [
        { kind: "write", data },
        { kind: "read", length: Number(readLength) },
      ]),
    );
  }

  #run(address: number, operations: readonly I2cOperation[]): I2cAnswer {
    const { budget, entry, quota, trace } = this.#context;
    budget.check();
    const { bus, counts, grant } = this.#opened;
    const verdict = judgeI2c(grant, { bus: grant.bus, address, operations }, entry.enforce !== false);
    if (!verdict.allowed) this.#deny(address, operations, verdict.denied, verdict.reason);
    if ("wouldBeDenied" in verdict) {
      this.#audit(address, operations, verdict.wouldBeDenied, verdict.reason, "would-be-denied");
    }
    const taken = quota.takeTransaction();
    if (taken !== "taken") {
      const reason = `more than ${entry.limits.transactionsPerSecond} transactions in a second`;
      if (taken === "refused") this.#deny(address, operations, "rate", reason);
      this.#audit(address, operations, "rate", reason, "would-be-denied");
    }
    counts.operations(operations);
    if (operations.length === 0) return [];
    const answer = trace.active ? this.#traced(address, operations) : bus.transaction(address, operations);
    return answer instanceof Promise ? budget.wait(answer) : answer;
  }

  #traced(address: number, operations: readonly I2cOperation[]): I2cAnswer {
    const { clock, device, trace } = this.#context;
    const { bus, grant } = this.#opened;
    const startMs = clock.now();
    const event = (): I2cTraceEvent => ({
      kind: "i2c",
      device,
      bus: grant.bus,
      address,
      startMs,
      durationMs: clock.now() - startMs,
      operations,
    });
    const succeeded = (results: Uint8Array[]) => {
      const told: I2cTraceEvent = { ...event(), results };
      trace.emit(told);
      return results;
    };
    const failed = (thrown: unknown): never => {
      if (thrown instanceof I2cError) {
        const error = { code: thrown.payload, message: thrown.message };
        const told: I2cTraceEvent = { ...event(), error };
        trace.emit(told);
      }
      throw thrown;
    };
    let answer: I2cAnswer;
    try {
      answer = bus.transaction(address, operations);
    } catch (thrown) {
      return failed(thrown);
    }
    return answer instanceof Promise ? answer.then(succeeded, failed) : succeeded(answer);
  }

  #audit(
    address: number,
    operations: readonly I2cOperation[],
    denied: string,
    reason: string,
    kind: "denied" | "would-be-denied",
  ): void {
    const target = `bus ${this.#opened.grant.bus} at ${hex(address)}`;
    const call = `i2c transaction on ${target}: ${describeOperations(operations)}`;
    audit(this.#context, call, denied, reason, kind);
  }

  #deny(address: number, operations: readonly I2cOperation[], denied: string, reason: string): never {
    this.#audit(address, operations, denied, reason, "denied");
    // wasi:i2c has no case for a refusal: STANDARDS leaves it to `other`.
    throw new I2cError({ tag: "other" }, reason);
  }
}

/** The functions of wasi:i2c/delay that wait. */
export const delayWaits = ["[method]delay.delay-ns"] as const;

/** wasi:i2c/delay `delay`: the only import of an I2C driver that always suspends it. */
export class DelayHandle extends InstanceHandle {
  readonly #budget: CallBudget;

  constructor({ budget }: { readonly budget: CallBudget }) {
    super(budget);
    this.#budget = budget;
  }

  /** Waits for at least `ns` nanoseconds, as a part of the current call's time. */
  delayNs(ns: number): Promise<void> {
    return this.#budget.sleep(ns / 1e6);
  }
}

/** What the first read gave. */
function firstOf(answer: I2cAnswer): Uint8Array | Promise<Uint8Array> {
  return answer instanceof Promise ? answer.then((results) => results[0]!) : answer[0]!;
}
