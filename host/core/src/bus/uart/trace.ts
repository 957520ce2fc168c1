import type { BusTraceEvent } from "../../trace/events.ts";
import type { UartPortName } from "./backend.ts";
import type { UartErrorCode } from "./error.ts";
import type { UartCall } from "./judge.ts";

/** What was done with a port. */
export interface UartTraceEvent extends BusTraceEvent {
  readonly kind: "uart";
  readonly port: UartPortName;
  readonly operation: UartCall["kind"];
  /** What was read or written; empty where nothing came; absent when a read failed, and of what moves no bytes. */
  readonly data?: Uint8Array;
  /** The speed that was set, in bits per second. */
  readonly baudRate?: number;
  /** Why it failed; absent when it did not. */
  readonly error?: { readonly code: UartErrorCode; readonly message: string };
}

/** What was done with a port as people write it: "read 9", "set-baud-rate 38400". */
export function describeUartOperation({
  operation,
  data,
  baudRate,
}: Pick<UartTraceEvent, "operation" | "data" | "baudRate">): string {
  const number = data?.length ?? baudRate;
  return number === undefined ? operation : `${operation} ${number}`;
}
