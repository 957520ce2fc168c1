import { hex } from "../../hex.ts";
import type { BusTraceEvent } from "../../trace/events.ts";
import type { UsbTransferRequest, UsbTransferResult } from "./backend.ts";
import type { LibusbErrorCode } from "./error.ts";

/** One USB transfer that ended. It is told when it ends, and so transfers under way together are told in that order. */
export interface UsbTraceEvent extends BusTraceEvent {
  readonly kind: "usb";
  readonly busNumber: number;
  readonly deviceAddress: number;
  /** When it was submitted, in milliseconds of the board's clock. */
  readonly startMs: number;
  /** How long it was under way, in milliseconds. */
  readonly durationMs: number;
  readonly request: UsbTransferRequest;
  /** What it did; absent when it failed. */
  readonly result?: UsbTransferResult;
  /** Why it failed; absent when it did not. */
  readonly error?: { readonly code: LibusbErrorCode; readonly message: string };
}

/** A transfer as people write it: "bulk transfer on 0x81, 512 bytes". */
export function describeTransfer({
  type,
  endpoint,
  setup,
  length,
}: {
  readonly type: string;
  readonly endpoint: number;
  readonly setup?: UsbTransferRequest["setup"] | undefined;
  readonly length: number;
}): string {
  if (setup === undefined) return `${type} transfer on ${hex(endpoint)}, ${length} bytes`;
  const { bmRequestType, bRequest, wValue, wIndex } = setup;
  return `control transfer ${[bmRequestType, bRequest, wValue, wIndex].map(hex).join(" ")}, ${length} bytes`;
}
