import * as v from "valibot";
import { list, wholeNumber } from "../../board/values.ts";
import { type BytesUse, bytesUse } from "../bytes-use.ts";
import type { BusCounts } from "../counts.ts";
import { fastestUart, slowestUart, type UartGrant, type WrittenUartGrant } from "./grant.ts";
import type { UartCall } from "./judge.ts";

/** What was done with a port: bytes, and the speeds to which it was switched, from the slowest on. */
export interface UartUseMade extends BytesUse {
  readonly baudRates: readonly number[];
}

/** Notes what is done with a port; one for an entry as long as that stays. */
export class UartCounts implements BusCounts {
  readonly #isRecorded: boolean;
  #use: UartUseMade | undefined;

  /** @param isRecorded whether anything is noted at all */
  constructor(isRecorded: boolean) {
    this.#isRecorded = isRecorded;
  }

  /** What was noted so far; undefined where nothing was. */
  get use(): UartUseMade | undefined {
    return this.#use;
  }

  /** A call that was allowed. */
  call(call: UartCall): void {
    if (!this.#isRecorded) return;
    const use = useOf(call);
    this.#use = this.#use === undefined ? use : uartUse.merge(this.#use, use);
  }
}

function useOf(call: UartCall): UartUseMade {
  return {
    reads: call.kind === "read" || call.kind === "discard",
    writes: call.kind === "write" || call.kind === "drain",
    maximumLength: "length" in call ? call.length : 0,
    baudRates: call.kind === "set-baud-rate" ? [call.baudRate] : [],
  };
}

/** What a run recorded of a port, and what is made of it. */
export const uartUse = {
  schema: v.strictObject({
    ...bytesUse.schema.entries,
    baudRates: list(wholeNumber(slowestUart, fastestUart)),
  }),

  merge(left: UartUseMade, right: UartUseMade): UartUseMade {
    const rates = new Set([...left.baudRates, ...right.baudRates]);
    return { ...bytesUse.merge(left, right), baudRates: [...rates].sort((one, other) => one - other) };
  },

  least(written: WrittenUartGrant, use: UartUseMade): WrittenUartGrant {
    const { baudRates: _, ...port } = written;
    const own: UartGrant["baudRate"] = written.baudRate ?? 9600;
    const others = use.baudRates.filter((each) => each !== own);
    const rates = others.length === 0 ? port : { ...port, baudRates: others };
    // Whoever moved no byte needs none, which no entry can say.
    return use.maximumLength === 0 ? rates : bytesUse.least(rates, use);
  },
};
