/** wasi:i2c@0.2.0-draft as a driver instance gets it: every transaction is judged against its grant, then traced. */

import { hex } from "../../hex.ts";
import type { CallBudget } from "../../instance/budget.ts";
import type { CommonContext } from "../../instance/context.ts";
import { InstanceHandle } from "../../instance/handle.ts";
import { type TransactionRules, Transactions } from "../transactions.ts";
import type { I2cAnswer, I2cOperation } from "./backend.ts";
import { I2cError } from "./error.ts";
import type { I2cGrant } from "./grant.ts";
import { type I2cCall, judgeI2c, maximumOperations } from "./judge.ts";
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
  readonly #bus: I2cGrant["bus"];
  readonly #transactions: Transactions<OpenedI2c, I2cCall, I2cOperation>;

  constructor(context: CommonContext, opened: OpenedI2c) {
    super(context.budget);
    this.#context = context;
    this.#bus = opened.grant.bus;
    this.#transactions = new Transactions(context, opened, rules);
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
    return this.#transactions.run({ bus: this.#bus, address, operations });
  }
}

const rules: TransactionRules<OpenedI2c, I2cCall, I2cOperation> = {
  judge: ({ grant }, call, enforce) => judgeI2c(grant, call, enforce),
  transact: ({ handle }, { address, operations }) => handle.transaction(address, operations),
  describe: (_, { bus, address, operations }) =>
    `i2c transaction on bus ${bus} at ${hex(address)}: ${describeOperations(operations)}`,
  event: (_, { bus, address, operations }, { device, startMs, durationMs }): I2cTraceEvent => {
    return { kind: "i2c", device, bus, address, startMs, durationMs, operations };
  },
  failure: (thrown) =>
    thrown instanceof I2cError ? { code: thrown.payload, message: thrown.message } : undefined,
  // wasi:i2c has no case for a refusal: STANDARDS leaves it to `other`.
  refusal: (reason) => new I2cError({ tag: "other" }, reason),
};

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
