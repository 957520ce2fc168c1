import { BytesCounts, type BytesUse, bytesUse } from "../bytes-use.ts";
import type { SpiOperation } from "./backend.ts";
import type { WrittenSpiGrant } from "./grant.ts";
import { spiLengthOf } from "./judge.ts";

/** What was done with an SPI device. */
export type SpiUseMade = BytesUse;

/** Notes what is done with an SPI device. */
export class SpiCounts extends BytesCounts<SpiOperation> {
  /** @param isRecorded whether anything is noted at all */
  constructor(isRecorded: boolean) {
    super(isRecorded, useOf);
  }
}

/** A transfer reads and writes. */
function useOf(operation: SpiOperation): BytesUse {
  return {
    reads: operation.kind === "read" || operation.kind === "transfer",
    writes: operation.kind === "write" || operation.kind === "transfer",
    maximumLength: spiLengthOf(operation),
  };
}

/** What a run recorded of SPI, and what is made of it. */
export const spiUse = {
  ...bytesUse,

  least(written: WrittenSpiGrant, use: BytesUse): WrittenSpiGrant {
    // Whoever only waited needs no byte, which no entry can say.
    return use.maximumLength === 0 ? written : bytesUse.least(written, use);
  },
};
