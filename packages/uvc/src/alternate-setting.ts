/** Which setting of a camera's interface has room for its payloads. */

import { DriverError } from "@busbar/guest";
import type { StreamEndpoint } from "./descriptors.ts";

/**
 * The smallest setting that is large enough, so that as little of the bus as possible is reserved: UVC 1.5 section 4.3.1.1.1.
 *
 * @param endpoints at least one
 * @param maximumPayloadBytes dwMaxPayloadTransferSize
 * @throws DriverError `unsupported` where none is
 */
export function chooseEndpoint(
  endpoints: readonly StreamEndpoint[],
  maximumPayloadBytes: number,
): StreamEndpoint {
  const bulk = endpoints.find(({ type }) => type === "bulk");
  if (bulk !== undefined) return bulk;
  const bySize = endpoints.toSorted((left, right) => left.payloadBytes - right.payloadBytes);
  const found = bySize.find(({ payloadBytes }) => payloadBytes >= maximumPayloadBytes);
  if (found !== undefined) return found;
  throw DriverError.unsupported(
    `The camera asks for payloads of ${maximumPayloadBytes} bytes, and its largest setting has ${bySize.at(-1)?.payloadBytes}; use another mode.`,
  );
}
