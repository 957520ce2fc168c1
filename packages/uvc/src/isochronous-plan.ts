/** How the transfers of an isochronous stream are cut: as many under way as bridge a pause, and no larger than hosts allow. */

import type { UsbDevice } from "@busbar/guest";
import type { StreamEndpoint } from "./descriptors.ts";

/** How a stream's packets are asked for. */
export interface IsochronousPlan {
  /** Packets of one transfer. */
  readonly packets: number;
  /** Transfers under way. */
  readonly depth: number;
  /** How long all of them last, in milliseconds. */
  readonly queueMs: number;
}

/** The time of one transfer: a picture is not late by more than this. */
const TRANSFER_MS = 4;
/** So long nobody has to look: programs pause, and systems do other things. */
const QUEUE_MS = 64;
const MOST_PACKETS = 32;
const MOST_TRANSFERS = 32;
const LEAST_TRANSFERS = 4;
/** With all transfers under way half of the 16 MiB that Linux gives a user for USB. */
const MOST_BYTES = 256 * 1024;

/** @param speed of the device @param endpoint isochronous */
export function isochronousPlan(
  speed: UsbDevice["location"]["speed"],
  { interval, payloadBytes }: Pick<StreamEndpoint, "interval" | "payloadBytes">,
): IsochronousPlan {
  const intervalMs = serviceIntervalMs(speed, interval);
  const fitting = Math.min(TRANSFER_MS / intervalMs, MOST_BYTES / payloadBytes, MOST_PACKETS);
  const packets = Math.max(Math.floor(fitting), 1);
  const transferMs = packets * intervalMs;
  const wanted = Math.ceil(QUEUE_MS / transferMs);
  const depth = Math.min(Math.max(wanted, LEAST_TRANSFERS), MOST_TRANSFERS);
  return { packets, depth, queueMs: depth * transferMs };
}

/** bInterval as an exponent: of frames at full speed, else of microframes. USB 2.0 table 9-13. */
function serviceIntervalMs(speed: UsbDevice["location"]["speed"], interval: number): number {
  const unitMs = speed === "full" ? 1 : 0.125;
  return unitMs * 2 ** (Math.min(Math.max(interval, 1), 16) - 1);
}
