import type { BusTraceEvent } from "../../trace/events.ts";
import type { I2cBusName, I2cOperation } from "./backend.ts";
import type { I2cErrorCode } from "./error.ts";

/** One transaction that reached a bus. */
export interface I2cTraceEvent extends BusTraceEvent {
  readonly kind: "i2c";
  readonly bus: I2cBusName;
  readonly address: number;
  readonly operations: readonly I2cOperation[];
  /** What was read, one array for each read; absent when it failed. */
  readonly results?: readonly Uint8Array[];
  /** Why it failed; absent when it did not. */
  readonly error?: { readonly code: I2cErrorCode; readonly message: string };
}

/** The operations of a transaction as people write them: "write 1, read 8". */
export function describeOperations(operations: readonly I2cOperation[]): string {
  return operations
    .map((operation) =>
      operation.kind === "read" ? `read ${operation.length}` : `write ${operation.data.length}`,
    )
    .join(", ");
}
