import { UsbError } from "@busbar/host/backend";
import type { LibusbDevice } from "./device.ts";

const GET_DESCRIPTOR = 6;
const STRING = 3;
const US_ENGLISH = 0x0409;
const LONGEST = 255;

/**
 * Asks a device for strings, in US English.
 *
 * @param indices 0 for none
 * @returns undefined for those that the device does not give, and for all where it cannot be opened
 */
export async function readStrings(
  device: LibusbDevice,
  indices: readonly number[],
): Promise<(string | undefined)[]> {
  let handle: ReturnType<LibusbDevice["open"]>;
  try {
    handle = device.open();
  } catch {
    return indices.map(() => undefined);
  }
  try {
    const strings: (string | undefined)[] = [];
    for (const index of indices) {
      const setup = {
        bmRequestType: 0x80,
        bRequest: GET_DESCRIPTOR,
        wValue: (STRING << 8) | index,
        wIndex: US_ENGLISH,
        wLength: LONGEST,
      };
      const request = { type: "control", endpoint: 0, setup, data: new Uint8Array() } as const;
      const pending =
        index === 0 ? undefined : handle.submit({ ...request, length: LONGEST, timeoutMs: 1000 });
      strings.push(await pending?.done.then(({ data }) => decode(data)).catch(ignoreUsbError));
    }
    return strings;
  } finally {
    await handle.close();
  }
}

/** USB 2.0 section 9.6.7. */
function decode(bytes: Uint8Array): string | undefined {
  if (bytes.length < 4 || bytes[1] !== STRING) return undefined;
  const end = Math.min(bytes[0]!, bytes.length) & ~1;
  return new TextDecoder("utf-16le").decode(bytes.subarray(2, end));
}

function ignoreUsbError(error: unknown): undefined {
  if (!(error instanceof UsbError)) throw error;
  return undefined;
}
