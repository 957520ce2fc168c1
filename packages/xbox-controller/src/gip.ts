/**
 * Messages of the Game Input Protocol, which Xbox controllers speak since Xbox One: a head of four bytes or more, and a
 * payload.
 *
 * Sources: "[MS-GIPUSB]: Gaming Input Protocol (GIP) Universal Serial Bus (USB) Extension", Microsoft; checked against
 * what Linux' xpad driver reads and sends.
 */

/** What a message is about. */
export const GipCommand = {
  ACKNOWLEDGE: 0x01,
  ANNOUNCE: 0x02,
  STATUS: 0x03,
  IDENTIFY: 0x04,
  POWER: 0x05,
  AUTHENTICATE: 0x06,
  /** The guide button. */
  VIRTUAL_KEY: 0x07,
  RUMBLE: 0x09,
  LIGHT: 0x0a,
  INPUT: 0x20,
} as const;

/** Bits of the second byte; the lower four are which device behind the controller is meant, 0 for itself. */
const Option = { ACKNOWLEDGE: 0x10, INTERNAL: 0x20 } as const;
const CLIENT_MASK = 0x0f;
const FIRST_HEADER_BYTES = 3;
/** A length has seven bits a byte, lowest first; five bytes hold all that 32 bits can say. */
const MAX_LENGTH_BYTES = 5;

/** A message. */
export interface GipMessage {
  /** See `GipCommand`. */
  readonly command: number;
  /** Which device behind the controller, 0 to 15; 0 is the controller itself. */
  readonly client: number;
  /** A message of the protocol, not of the device's function. */
  readonly isInternal: boolean;
  /** The sender repeats it until it is acknowledged. */
  readonly needsAcknowledge: boolean;
  /** 0 to 255; each side counts its messages of a command. */
  readonly sequence: number;
  /** As many bytes as the head says, or as many as have come. */
  readonly payload: Uint8Array;
}

/**
 * Reads a message. A payload that is cut off is taken as far as it came: clones send less than they say.
 *
 * @returns `undefined` where the head is cut off
 */
export function parseGipMessage(bytes: Uint8Array): GipMessage | undefined {
  const [command, options, sequence] = bytes;
  if (command === undefined || options === undefined || sequence === undefined) return undefined;
  let length = 0;
  let offset = FIRST_HEADER_BYTES;
  for (let shift = 0; ; shift++) {
    const byte = bytes[offset++];
    if (byte === undefined || shift === MAX_LENGTH_BYTES) return undefined;
    length += (byte & 0x7f) * 0x80 ** shift;
    if (byte < 0x80) break;
  }
  return {
    command,
    client: options & CLIENT_MASK,
    isInternal: (options & Option.INTERNAL) !== 0,
    needsAcknowledge: (options & Option.ACKNOWLEDGE) !== 0,
    sequence,
    payload: bytes.subarray(offset, offset + length),
  };
}

/** Writes a message. */
export function buildGipMessage({
  command,
  client,
  isInternal,
  needsAcknowledge,
  sequence,
  payload,
}: GipMessage): Uint8Array {
  const options = (isInternal ? Option.INTERNAL : 0) | (needsAcknowledge ? Option.ACKNOWLEDGE : 0);
  const length: number[] = [];
  let left = payload.length;
  do {
    length.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    left >>>= 7;
  } while (left > 0);
  return Uint8Array.of(command, options | client, sequence & 0xff, ...length, ...payload);
}

/** The answer to a message that `needsAcknowledge`: it has the same sequence number. */
export function acknowledgeGipMessage({ command, client, sequence, payload }: GipMessage): Uint8Array {
  const received = payload.length;
  return buildGipMessage({
    command: GipCommand.ACKNOWLEDGE,
    client,
    isInternal: true,
    needsAcknowledge: false,
    sequence,
    // Reserved, which command, its options, how much of it has come, and how much room is left for the rest: none.
    payload: Uint8Array.of(0, command, Option.INTERNAL | client, received & 0xff, received >> 8, 0, 0, 0, 0),
  });
}
