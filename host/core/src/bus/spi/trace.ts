import type { BusTraceEvent } from "../../trace/events.ts";
import type { SpiBusName, SpiOperation } from "./backend.ts";
import type { SpiErrorCode } from "./error.ts";
import { spiLengthOf } from "./judge.ts";

/** One transaction that reached a bus. */
export interface SpiTraceEvent extends BusTraceEvent {
  readonly kind: "spi";
  readonly bus: SpiBusName;
  readonly chipSelect: number;
  readonly operations: readonly SpiOperation[];
  /** What was received, one array for each read and each transfer; absent when it failed. */
  readonly results?: readonly Uint8Array[];
  /** Why it failed; absent when it did not. */
  readonly error?: { readonly code: SpiErrorCode; readonly message: string };
}

/** More operations of one transaction are only counted: 511 of them would be a page. */
const mostDescribed = 16;

/** The operations of a transaction as people write them: "write 1, read 8, delay 500 ns"; "and 4 more" stands for what is too long. */
export function describeSpiOperations(operations: readonly SpiOperation[]): string {
  const described = operations
    .slice(0, mostDescribed)
    .map((operation) =>
      operation.kind === "delay" ? `delay ${operation.ns} ns` : `${operation.kind} ${spiLengthOf(operation)}`,
    );
  const more = operations.length - described.length;
  return [...described, ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}
