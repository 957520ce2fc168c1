/** Test pictures: each number gives other bytes, always the same, and a viewer can open them. */

import { randomBytes } from "@busbar/model";

/** Markers of a JPEG stream: ITU T.81 table B.1. */
const SOI = 0xd8;
const DQT = 0xdb;
const SOF0 = 0xc0;
const DHT = 0xc4;
const SOS = 0xda;
const COM = 0xfe;
const EOI = 0xd9;

/** The side of a block: T.81 section A.1. */
const BLOCK = 8;
/** DC category of the first block's brightness, and of no change: T.81 table F.1. */
const DC_CATEGORY = 7;
/** Of a segment, its length field included: T.81 section B.1.1.4. */
const LONGEST_SEGMENT = 65_535;

/**
 * A grey picture as a baseline JPEG: T.81. Its brightness changes with its number; a comment has the number, and random bytes
 * that bring it to its length.
 *
 * @param bytes how long it is to be; at least a few hundred more than it has without a comment
 */
export function jpegPicture(width: number, height: number, number: number, bytes: number): Uint8Array {
  const head = [
    ...segment(DQT, [0, ...Array<number>(64).fill(1)]),
    ...segment(SOF0, [8, height >> 8, height & 0xff, width >> 8, width & 0xff, 1, 1, 0x11, 0]),
    // One code of one bit, one of two bits: "0" for no change, "10" for the first block.
    ...segment(DHT, [0x00, 1, 1, ...Array<number>(14).fill(0), 0, DC_CATEGORY]),
    // "0": end of block.
    ...segment(DHT, [0x10, 1, ...Array<number>(15).fill(0), 0]),
    ...segment(SOS, [1, 1, 0x00, 0, 63, 0]),
  ];
  const blocks = Math.ceil(width / BLOCK) * Math.ceil(height / BLOCK);
  const scan = scanOf(blocks, number);
  const fixed = 2 + head.length + scan.length + 2;
  const comments = commentSegments(number, Math.max(bytes - fixed, 0));
  return joined([Uint8Array.of(0xff, SOI), ...comments, Uint8Array.from([...head, ...scan, 0xff, EOI])]);
}

/** Grey stripes that move with the number, as YUY2: two bytes a pixel. */
export function yuy2Picture(width: number, height: number, number: number): Uint8Array {
  const picture = new Uint8Array(2 * width * height);
  for (let at = 0; at < picture.length; at += 2) {
    picture[at] = (at / 2 + 16 * number) & 0xff;
    picture[at + 1] = 0x80;
  }
  return picture;
}

/** The number of a picture, which its first two bytes of data tell. */
export function pictureNumber(picture: Uint8Array): number {
  // SOI, COM and its length come first; an uncompressed picture begins with a stripe.
  return picture[1] === SOI ? picture[6]! * 0x100 + picture[7]! : picture[0]! >> 4;
}

function segment(marker: number, content: readonly number[]): number[] {
  const length = content.length + 2;
  return [0xff, marker, length >> 8, length & 0xff, ...content];
}

/** As many comments as it takes for `bytes` bytes, the first with the number. */
function commentSegments(number: number, bytes: number): Uint8Array[] {
  const random = randomBytes(number + 1);
  const segments: Uint8Array[] = [];
  for (let left = Math.max(bytes, 6); left >= 4; ) {
    const length = Math.min(left - 2, LONGEST_SEGMENT);
    const comment = new Uint8Array(length + 2);
    const view = new DataView(comment.buffer);
    view.setUint16(0, 0xff00 | COM);
    view.setUint16(2, length);
    for (let at = 4; at < comment.length; at += 1) comment[at] = random();
    if (segments.length === 0) view.setUint16(4, number & 0xffff);
    segments.push(comment);
    left -= comment.length;
  }
  return segments;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The first block has a brightness, all others have the same: T.81 section F.1.2. A byte 0xFF is followed by 0: F.1.2.3. */
function scanOf(blocks: number, number: number): number[] {
  const brightness = (number & 0x3f) + 0x40;
  const bits = `10${brightness.toString(2).padStart(DC_CATEGORY, "0")}0${"00".repeat(blocks - 1)}`;
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
  const scan: number[] = [];
  for (let at = 0; at < padded.length; at += 8) {
    const byte = Number.parseInt(padded.slice(at, at + 8), 2);
    scan.push(byte);
    if (byte === 0xff) scan.push(0);
  }
  return scan;
}
