import type { BusTraceEvent } from "../../trace/events.ts";
import type { GpioChipName, GpioLevel, GpioLineName } from "./backend.ts";
import type { GpioErrorCode } from "./error.ts";
import type { GpioState } from "./state.ts";

/** What was done with a line, or what it did. */
export interface GpioTraceEvent extends BusTraceEvent {
  readonly kind: "gpio";
  readonly chip: GpioChipName;
  readonly line: GpioLineName;
  /** The line's key in the entry. */
  readonly name: string;
  /** "edge": it changed by itself, at `startMs`. Told while somebody waits for that. */
  readonly operation: "read" | "set" | "edge";
  /** What was read or set, or what it changed to; absent when a read failed. */
  readonly level?: GpioLevel;
  /** What that means to the driver. */
  readonly state?: GpioState;
  /** Why it failed; absent when it did not. */
  readonly error?: { readonly code: GpioErrorCode; readonly message: string };
}

/** What was done with a line as people write it: "set relay active (high)". */
export function describeOperation({
  operation,
  name,
  state,
  level,
}: Pick<GpioTraceEvent, "operation" | "name" | "state" | "level">): string {
  const result = state === undefined ? "" : ` ${state} (${level})`;
  return `${operation} ${name}${result}`;
}
