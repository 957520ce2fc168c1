import { BytesCounts, type BytesUse } from "../bytes-use.ts";
import type { I2cOperation } from "./backend.ts";

/** What was done on an I2C target. */
export type I2cUseMade = BytesUse;

/** Notes what is done on an I2C target. */
export class I2cCounts extends BytesCounts<I2cOperation> {
  /** @param isRecorded whether anything is noted at all */
  constructor(isRecorded: boolean) {
    super(isRecorded, useOf);
  }
}

function useOf(operation: I2cOperation): BytesUse {
  return operation.kind === "read"
    ? { reads: true, writes: false, maximumLength: operation.length }
    : { reads: false, writes: true, maximumLength: operation.data.length };
}
