/**
 * The I2C stream commands of the chip. The data sheet names the function and no command; these are what two drivers of others agree on:
 * i2c-ch341.c of https://github.com/frank-zago/ch341-i2c-spi-gpio, and ch341a_i2c.c of https://github.com/fifteenhex/libch341a.
 */

/** Bytes of a packet: wMaxPacketSize of both bulk endpoints. Each begins with the command, and ends with END or is full. */
export const PACKET_BYTES = 32;

/** Commands of a packet, and of the stream in it. */
const I2C_STREAM = 0xaa;
const START = 0x74;
const STOP = 0x75;
/** With a count in the lower bits, that many bytes; alone, one byte, and whether it was acknowledged is given back. */
const OUT = 0x80;
/** With a count in the lower bits, that many bytes, each acknowledged; alone, one byte that is not, which is the last one. */
const IN = 0xc0;
const SET_SPEED = 0x60;
const END = 0x00;

/** Bit 7 of what is given back for a byte: it was not acknowledged. */
const NOT_ACKNOWLEDGED = 0x80;

/** The speeds by their numbers, in kHz. */
export const SPEEDS = [20, 100, 400, 750] as const;

/** The most bytes that a packet can write: two for each, between the command and END. */
export const MOST_WRITTEN = (PACKET_BYTES - 2) / 2;

/** The most bytes that a packet can read: as many as the packet that brings them. */
export const MOST_READ = PACKET_BYTES;

/** Sets the speed. */
export function speedPacket(speed: (typeof SPEEDS)[number]): Uint8Array {
  return packet(SET_SPEED | SPEEDS.indexOf(speed));
}

/** A start, or a repeated one, and the byte with the address. Gives back one byte. */
export function startPacket(address: number, isRead: boolean): Uint8Array {
  return packet(START, OUT, (address << 1) | (isRead ? 1 : 0));
}

/** Writes 1 to `MOST_WRITTEN` bytes. Gives back one for each. */
export function writePacket(bytes: Uint8Array): Uint8Array {
  return packet(...Array.from(bytes).flatMap((byte) => [OUT, byte]));
}

/** Reads 1 to `MOST_READ` bytes, which it gives back. @param isLast whether none follows in this operation */
export function readPacket(count: number, isLast: boolean): Uint8Array {
  if (!isLast) return packet(IN | count);
  return count === 1 ? packet(IN) : packet(IN | (count - 1), IN);
}

/** A stop. */
export function stopPacket(): Uint8Array {
  return packet(STOP);
}

function packet(...commands: number[]): Uint8Array {
  return Uint8Array.of(I2C_STREAM, ...commands, END);
}

/** The place of the first byte that was not acknowledged, from 0; -1 where all were. */
export function firstNotAcknowledged(answer: Uint8Array): number {
  return answer.findIndex((byte) => (byte & NOT_ACKNOWLEDGED) !== 0);
}
