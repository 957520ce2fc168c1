/** What can be a picture of a mode. */

import { DriverError } from "@busbar/guest";
import type { FrameRules } from "./frame-assembler.ts";
import type { StreamMode } from "./modes.ts";

/** Start of image: ITU T.81 table B.1. */
const SOI = [0xff, 0xd8] as const;
/** YUY2 has four bytes for two pixels. */
const BYTES_A_PIXEL = 2;

/**
 * The rules for a mode's pictures.
 *
 * @param limitBytes the most that the board allows
 * @throws DriverError `unsupported` where none could be within the limit
 */
export function picturesOf(
  { encoding, width, height, maximumBytes }: StreamMode,
  limitBytes: number,
): FrameRules {
  const plainBytes = width * height * BYTES_A_PIXEL;
  if (encoding === "yuy2") {
    if (plainBytes > limitBytes) {
      throw DriverError.unsupported(
        `A picture of this mode has ${plainBytes} bytes, and ${limitBytes} are allowed; set maximum-frame-kib to ${Math.ceil(plainBytes / 1024)}.`,
      );
    }
    return { maximumBytes: plainBytes, isPicture: (data) => data.length === plainBytes };
  }
  return {
    // What a camera says of compressed pictures is a guess, and often too small; no useful JPEG is longer than its pixels.
    maximumBytes: Math.min(Math.max(maximumBytes, plainBytes), limitBytes),
    isPicture: ([first, second]) => first === SOI[0] && second === SOI[1],
  };
}
