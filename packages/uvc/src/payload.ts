/** The header of a payload: UVC 1.5 section 2.4.3.3. */

/** What a header says. The clock fields, which it can have as well, are passed over. */
export interface PayloadHeader {
  /** bHeaderLength, in bytes. */
  readonly length: number;
  /** D0 FID: changes with each picture. */
  readonly frameId: 0 | 1;
  /** D1 EOF: the last payload of its picture. Not every device says so. */
  readonly endOfFrame: boolean;
  /** D5 STI: belongs to a still image. */
  readonly stillImage: boolean;
  /** D6 ERR: something of the picture was lost in the device. */
  readonly error: boolean;
}

/** bmHeaderInfo. */
const FID = 0x01;
const EOF = 0x02;
const PTS = 0x04;
const SCR = 0x08;
const STI = 0x20;
const ERR = 0x40;

/** Bytes of dwPresentationTime and of scrSourceClock, which are there where PTS and SCR say so. */
const PTS_BYTES = 4;
const SCR_BYTES = 6;

/**
 * Reads the header that a payload begins with.
 *
 * @returns undefined where there is none: bHeaderLength is shorter than its fields, or longer than the payload. Longer than its
 *   fields it may be: makers have put fields of their own behind them.
 */
export function parsePayloadHeader(payload: Uint8Array): PayloadHeader | undefined {
  const [length, info] = payload;
  if (length === undefined || info === undefined || length > payload.length) return undefined;
  const fields = 2 + ((info & PTS) !== 0 ? PTS_BYTES : 0) + ((info & SCR) !== 0 ? SCR_BYTES : 0);
  if (length < fields) return undefined;
  return {
    length,
    frameId: (info & FID) === 0 ? 0 : 1,
    endOfFrame: (info & EOF) !== 0,
    stillImage: (info & STI) !== 0,
    error: (info & ERR) !== 0,
  };
}
