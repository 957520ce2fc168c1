/** wasi:i2c@0.2.0-draft as a driver instance gets it: every transaction is judged against its grant, then traced. */

import { judgeI2c, maximumOperations } from "../grants/i2c.ts";
import type { I2cBus, I2cBusName, I2cOperation } from "../i2c/backend.ts";
import { I2cError } from "../i2c/error.ts";
import type { CallBudget } from "../instance/budget.ts";
import { audit, type CommonContext } from "../instance/context.ts";
import { describeOperations } from "../trace/trace.ts";

/** wasi:i2c/i2c `operation` as a component hands it over. */
type WitOperation =
  | { readonly tag: "read"; readonly val: bigint }
  | { readonly tag: "write"; readonly val: Uint8Array };

/** wasi:i2c/i2c `i2c`: one controller, seen through one driver's grant. */
export class I2cHandle implements Disposable {
  readonly #context: CommonContext;
  readonly #bus: I2cBus;
  readonly #busName: I2cBusName;

  constructor(context: CommonContext, bus: I2cBus, busName: I2cBusName) {
    this.#context = context;
    this.#bus = bus;
    this.#busName = busName;
  }

  /** wasi:i2c/i2c `transaction`: several operations without a stop condition between them. @throws the variant `error-code` */
  transaction(address: number, operations: readonly WitOperation[]): Uint8Array[] {
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

  /** wasi:i2c/i2c `read`. @throws as `transaction` */
  read(address: number, length: bigint): Uint8Array {
    return this.#run(address, [{ kind: "read", length: Number(length) }])[0]!;
  }

  /** wasi:i2c/i2c `write`. @throws as `transaction` */
  write(address: number, data: Uint8Array): void {
    this.#run(address, [{ kind: "write", data }]);
  }

  /** wasi:i2c/i2c `write-read`: a write, and a read after a repeated start. @throws as `transaction` */
  writeRead(address: number, data: Uint8Array, readLength: bigint): Uint8Array {
    return this.#run(address, [
      { kind: "write", data },
      { kind: "read", length: Number(readLength) },
    ])[0]!;
  }

  /** Whether its calls count as the calls of one instance. */
  belongsTo(budget: CallBudget): boolean {
    return this.#context.budget === budget;
  }

  /** The guest dropped its handle. The bus belongs to the instance, which closes it at its end. */
  [Symbol.dispose](): void {}

  #run(address: number, operations: readonly I2cOperation[]): Uint8Array[] {
    this.#context.budget.check();
    const bus = this.#busName;
    const { entry, quota } = this.#context;
    const verdict = judgeI2c(entry.i2c, { bus, address, operations }, entry.enforce !== false);
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
    quota.use?.operations(operations);
    if (operations.length === 0) return [];
    return this.#context.trace.active
      ? this.#traced(address, operations)
      : this.#bus.transaction(address, operations);
  }

  #traced(address: number, operations: readonly I2cOperation[]): Uint8Array[] {
    const { clock, device, trace } = this.#context;
    const startMs = clock.now();
    const event = () => ({
      kind: "i2c" as const,
      device,
      bus: this.#busName,
      address,
      startMs,
      durationMs: clock.now() - startMs,
      operations,
    });
    try {
      const results = this.#bus.transaction(address, operations);
      trace.emit({ ...event(), results });
      return results;
    } catch (thrown) {
      if (thrown instanceof I2cError) {
        trace.emit({ ...event(), error: { code: thrown.payload, message: thrown.message } });
      }
      throw thrown;
    }
  }

  #audit(
    address: number,
    operations: readonly I2cOperation[],
    denied: string,
    reason: string,
    kind: "denied" | "would-be-denied",
  ): void {
    const target = `bus ${this.#busName} at 0x${address.toString(16).padStart(2, "0")}`;
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

/** wasi:i2c/delay `delay`: the only import of an I2C driver that suspends it. */
export class DelayHandle implements Disposable {
  readonly #budget: CallBudget;

  constructor({ budget }: Pick<CommonContext, "budget">) {
    this.#budget = budget;
  }

  /** Waits for at least `ns` nanoseconds, as a part of the current call's time. */
  delayNs(ns: number): Promise<void> {
    return this.#budget.sleep(ns / 1e6);
  }

  /** Whether its waits count as the waits of one instance. */
  belongsTo(budget: CallBudget): boolean {
    return this.#budget === budget;
  }

  /** The guest dropped its handle; nothing is held. */
  [Symbol.dispose](): void {}
}
