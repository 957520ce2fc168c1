/** The requests to a control interface: PSTN 1.2 section 6.3, table 13. Without the length, which the data gives. */

import type { ControlRequest, ControlSignals } from "@busbar/guest";
import { CdcError } from "./errors.ts";

/** bRequest. */
const SET_LINE_CODING = 0x20;
const GET_LINE_CODING = 0x21;
const SET_CONTROL_LINE_STATE = 0x22;
const SEND_BREAK = 0x23;

/** wValue of SET_CONTROL_LINE_STATE: table 18. */
const DATA_TERMINAL_READY = 0x01;
const REQUEST_TO_SEND = 0x02;

/** The longest break that has an end, in milliseconds; 0xFFFF lasts until the next request (6.3.13). */
export const LONGEST_BREAK_MS = 0xfffe;

/** 6.3.10. The data is a line coding. */
export function setLineCoding(controlInterface: number): ControlRequest {
  return request(SET_LINE_CODING, 0, controlInterface);
}

/** 6.3.11. Returns a line coding. */
export function getLineCoding(controlInterface: number): ControlRequest {
  return request(GET_LINE_CODING, 0, controlInterface);
}

/** 6.3.12. */
export function setControlLineState(signals: ControlSignals, controlInterface: number): ControlRequest {
  const value =
    (signals.dataTerminalReady ? DATA_TERMINAL_READY : 0) | (signals.requestToSend ? REQUEST_TO_SEND : 0);
  return request(SET_CONTROL_LINE_STATE, value, controlInterface);
}

/**
 * 6.3.13.
 *
 * @param durationMs 0 to 65534; 0 ends a break
 * @throws CdcError `invalid-value`
 */
export function sendBreak(durationMs: number, controlInterface: number): ControlRequest {
  if (!Number.isInteger(durationMs) || durationMs < 0 || durationMs > LONGEST_BREAK_MS) {
    throw new CdcError(
      "invalid-value",
      `The break is ${durationMs} ms, but must be 0 to ${LONGEST_BREAK_MS}`,
    );
  }
  return request(SEND_BREAK, durationMs, controlInterface);
}

function request(bRequest: number, value: number, index: number): ControlRequest {
  return { type: "class", recipient: "interface", request: bRequest, value, index };
}
