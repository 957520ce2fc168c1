/** Pictures cut into payloads: UVC 1.1 section 2.4.3. */

/** bmHeaderInfo: section 2.4.3.3. */
const FID = 0x01;
const EOF = 0x02;
const PTS = 0x04;
const ERR = 0x40;
const EOH = 0x80;

/** bHeaderLength, bmHeaderInfo, dwPresentationTime. */
const HEADER_BYTES = 6;

/** What a payload says of its picture. */
export interface PayloadFlags {
  /** How many pictures there were before. */
  readonly number: number;
  /** dwPresentationTime, in ticks of the device's clock. */
  readonly time: number;
  /** Whether something of the picture was lost in the device. */
  readonly isDamaged: boolean;
}

/** The payloads of a picture, the last with EOF. @param payloadBytes the most of one, its header included */
export function payloadsOf(picture: Uint8Array, payloadBytes: number, flags: PayloadFlags): Uint8Array[] {
  const most = payloadBytes - HEADER_BYTES;
  const payloads: Uint8Array[] = [];
  for (let offset = 0; offset < picture.length; offset += most) {
    const data = picture.subarray(offset, offset + most);
    const isLast = offset + most >= picture.length;
    const payload = new Uint8Array(HEADER_BYTES + data.length);
    payload.set(header(flags, isLast));
    payload.set(data, HEADER_BYTES);
    payloads.push(payload);
  }
  return payloads;
}

/** A payload without data: what comes while there is no picture. */
export function idlePayload(flags: PayloadFlags): Uint8Array {
  return Uint8Array.from(header(flags, false));
}

function header({ number, time, isDamaged }: PayloadFlags, isLast: boolean): number[] {
  const info = EOH | PTS | ((number & 1) !== 0 ? FID : 0) | (isLast ? EOF : 0) | (isDamaged ? ERR : 0);
  return [HEADER_BYTES, info, time & 0xff, (time >>> 8) & 0xff, (time >>> 16) & 0xff, time >>> 24];
}
