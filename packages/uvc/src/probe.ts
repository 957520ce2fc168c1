/** The probe and commit controls: UVC 1.5 section 4.3.1.1, table 4-75. Bytes in, numbers out; no I/O. */

import { DriverError } from "@busbar/guest";
import { u32 } from "./bytes.ts";
import { UVC_1_1, UVC_1_5 } from "./codes.ts";

/** What is negotiated before pictures come. */
export interface StreamParameters {
  /** bFormatIndex. */
  readonly formatIndex: number;
  /** bFrameIndex. */
  readonly frameIndex: number;
  /** dwFrameInterval, in units of 100 ns. */
  readonly interval: number;
  /** dwMaxPayloadTransferSize: the most bytes of a payload, its header included. */
  readonly maximumPayloadBytes: number;
}

/** bmHint, D0: dwFrameInterval stays as it is. */
const KEEP_FRAME_INTERVAL = 0x0001;

/** How long the controls were in revision 1.0, and are at least. */
const SHORTEST_PROBE = 26;

/** How long the controls of a device are, in bytes. @param version bcdUVC */
export function probeLength(version: number): number {
  if (version >= UVC_1_5) return 48;
  return version >= UVC_1_1 ? 34 : SHORTEST_PROBE;
}

/** What is asked for: everything else is the device's to fill in. @param length see `probeLength` */
export function encodeProbe(
  wanted: Pick<StreamParameters, "formatIndex" | "frameIndex" | "interval">,
  length: number,
): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, KEEP_FRAME_INTERVAL, true); // bmHint
  view.setUint8(2, wanted.formatIndex); // bFormatIndex
  view.setUint8(3, wanted.frameIndex); // bFrameIndex
  view.setUint32(4, wanted.interval, true); // dwFrameInterval
  return bytes;
}

/**
 * Reads what a device answers.
 *
 * @throws DriverError `protocol` when it is too short, or names no payload at all
 */
export function decodeProbe(bytes: Uint8Array): StreamParameters {
  if (bytes.length < SHORTEST_PROBE) {
    throw DriverError.protocol(
      `The camera answers a probe with ${bytes.length} bytes, and the shortest has ${SHORTEST_PROBE}; use another driver.`,
    );
  }
  const maximumPayloadBytes = u32(bytes, 22);
  if (maximumPayloadBytes === 0) {
    throw DriverError.protocol("The camera says that it sends payloads of 0 bytes; use another mode.");
  }
  return {
    formatIndex: bytes[2]!,
    frameIndex: bytes[3]!,
    interval: u32(bytes, 4),
    maximumPayloadBytes,
  };
}
