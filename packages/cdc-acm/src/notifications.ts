/** Notifications of a control interface: CDC 1.2 section 6.3, PSTN 1.2 section 6.5. */

import type { LineState } from "@busbar/guest";
import { CdcError } from "./errors.ts";

/** bNotificationCode: CDC 1.2 table 20, PSTN 1.2 table 30. */
export const NotificationCode = {
  NETWORK_CONNECTION: 0x00,
  RESPONSE_AVAILABLE: 0x01,
  SERIAL_STATE: 0x20,
} as const;

/** bmRequestType, bNotificationCode, wValue, wIndex, wLength. */
const HEADER_BYTES = 8;
/** No notification of CDC 1.2 is longer, ConnectionSpeedChange with its 8 bytes of data, nor of its subclasses. */
const LONGEST_DATA = 248;
/** bmRequestType of every notification: device to host, class, interface. */
const REQUEST_TYPE = 0xa1;

/** A notification. */
export interface Notification {
  /** bNotificationCode. */
  readonly code: number;
  /** wValue. */
  readonly value: number;
  /** wIndex: for most, the number of the control interface. */
  readonly index: number;
  readonly data: Uint8Array;
}

/**
 * Puts notifications together: one that is longer than a packet of its endpoint comes in several, each as full as it can
 * be but the last.
 */
export class NotificationAssembler {
  readonly #bytes = new Uint8Array(HEADER_BYTES + LONGEST_DATA);
  #length = 0;

  /**
   * Adds a packet, or a transfer of several.
   *
   * @returns the notification that is whole now, or `undefined` where more has to come
   * @throws CdcError `notification` for bytes that are none; the next packet begins a new one then
   */
  add(packet: Uint8Array): Notification | undefined {
    if (this.#length + packet.length > this.#bytes.length) {
      throw this.#failure(`A notification is longer than ${this.#bytes.length} bytes`);
    }
    this.#bytes.set(packet, this.#length);
    this.#length += packet.length;
    if (this.#length > 0 && this.#bytes[0] !== REQUEST_TYPE) {
      throw this.#failure("What came from the notification endpoint is no notification");
    }
    if (this.#length < HEADER_BYTES) return undefined;
    const view = new DataView(this.#bytes.buffer);
    const length = view.getUint16(6, true); // wLength
    if (length > LONGEST_DATA) throw this.#failure(`A notification claims to have ${length} bytes of data`);
    if (this.#length < HEADER_BYTES + length) return undefined;
    if (this.#length > HEADER_BYTES + length) throw this.#failure("A notification is longer than it says");
    this.#length = 0;
    return {
      code: view.getUint8(1), // bNotificationCode
      value: view.getUint16(2, true), // wValue
      index: view.getUint16(4, true), // wIndex
      data: this.#bytes.slice(HEADER_BYTES, HEADER_BYTES + length),
    };
  }

  #failure(message: string): CdcError {
    this.#length = 0;
    return new CdcError("notification", message);
  }
}

/** Every signal of a LineState, lowered. */
export const noLineState: Required<LineState> = {
  carrierDetect: false,
  dataSetReady: false,
  ring: false,
  breakReceived: false,
  framingError: false,
  parityError: false,
  overrun: false,
};

/**
 * The data of SERIAL_STATE: PSTN 1.2 table 31.
 *
 * @param data two bytes
 * @throws CdcError `notification` for another length
 */
export function decodeSerialState(data: Uint8Array): Required<LineState> {
  if (data.length !== 2) {
    throw new CdcError("notification", `The serial state has ${data.length} bytes instead of 2`);
  }
  const bits = data[0]! | (data[1]! << 8); // UartState
  return {
    carrierDetect: (bits & 0x01) !== 0, // bRxCarrier
    dataSetReady: (bits & 0x02) !== 0, // bTxCarrier
    breakReceived: (bits & 0x04) !== 0, // bBreak
    ring: (bits & 0x08) !== 0, // bRingSignal
    framingError: (bits & 0x10) !== 0, // bFraming
    parityError: (bits & 0x20) !== 0, // bParity
    overrun: (bits & 0x40) !== 0, // bOverRun
  };
}
