/** From payloads to pictures: UVC 1.5 section 2.4.3. No I/O, and no more memory than one picture may have. */

import { parsePayloadHeader } from "./payload.ts";

/** A whole picture. */
export interface AssembledFrame {
  readonly data: Uint8Array;
  /** How many pictures were begun before it. */
  readonly sequence: number;
}

/** What makes a picture. */
export interface FrameRules {
  /** The most bytes of one; what is longer is damaged. */
  readonly maximumBytes: number;
  /** Whether these bytes can be a whole picture. */
  isPicture(data: Uint8Array): boolean;
}

const FIRST_BUFFER_BYTES = 64 * 1024;

/** The pictures of a stream, out of its payloads. What is damaged is left out, and counted. */
export class FrameAssembler {
  readonly #rules: FrameRules;
  #buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  #length = 0;
  #isOpen = false;
  #isDamaged = false;
  #isStill = false;
  /** Whether the payload that is being read belongs to the open picture. */
  #isWanted = false;
  #endsFrame = false;
  #frameId: 0 | 1 | undefined;
  /** Whether payloads are passed over until a picture begins. */
  #isSkipping = false;
  #sequence = 0;
  #ready: AssembledFrame[] = [];
  #damagedInARow = 0;
  #malformedInARow = 0;

  constructor(rules: FrameRules) {
    this.#rules = rules;
  }

  /** How many pictures were damaged since the last whole one. */
  get damagedInARow(): number {
    return this.#damagedInARow;
  }

  /** How many payloads had no header since the last that had one. */
  get malformedInARow(): number {
    return this.#malformedInARow;
  }

  /** The next whole picture; undefined where there is none yet. */
  take(): AssembledFrame | undefined {
    return this.#ready.shift();
  }

  /** A payload that came as one piece. */
  addPayload(payload: Uint8Array): void {
    this.beginPayload(payload);
    this.endPayload();
  }

  /** The first piece of a payload, its header in it. */
  beginPayload(piece: Uint8Array): void {
    this.#isWanted = false;
    this.#endsFrame = false;
    const header = parsePayloadHeader(piece);
    if (header === undefined) {
      this.#malformedInARow += 1;
      this.lose();
      return;
    }
    this.#malformedInARow = 0;
    if (header.frameId !== this.#frameId) this.#turn(header.frameId);
    // What comes with the same FID after the end of a picture belongs to none: cameras send bare headers while they wait.
    if (!this.#isOpen) return;
    this.#isWanted = true;
    this.#endsFrame = header.endOfFrame;
    if (header.error) this.#isDamaged = true;
    if (header.stillImage) this.#isStill = true;
    this.#append(piece.subarray(header.length));
  }

  /** A further piece of the same payload. */
  continuePayload(piece: Uint8Array): void {
    if (this.#isWanted) this.#append(piece);
  }

  /** The payload is over. */
  endPayload(): void {
    if (this.#endsFrame) this.#finish();
    this.#isWanted = false;
    this.#endsFrame = false;
  }

  /** Something was lost on the way: the picture that is open is damaged. */
  lose(): void {
    if (this.#isOpen) this.#isDamaged = true;
  }

  /** Nobody knows how much was lost: pictures begin anew with the next one. */
  skip(): void {
    this.lose();
    this.#finish();
    this.#isWanted = false;
    this.#isSkipping = true;
    this.#frameId = undefined;
  }

  /** FID has changed, which ends one picture and begins the next. */
  #turn(frameId: 0 | 1): void {
    // After a gap the first payload can be in the middle of its picture.
    const isFirst = this.#isSkipping && this.#frameId === undefined;
    this.#frameId = frameId;
    if (isFirst) return;
    this.#isSkipping = false;
    this.#finish();
    this.#isOpen = true;
  }

  #append(data: Uint8Array): void {
    const end = this.#length + data.length;
    if (end > this.#rules.maximumBytes) {
      this.#isDamaged = true;
      return;
    }
    if (end > this.#buffer.length) {
      const larger = new Uint8Array(
        Math.min(Math.max(2 * this.#buffer.length, end), this.#rules.maximumBytes),
      );
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(data, this.#length);
    this.#length = end;
  }

  #finish(): void {
    if (!this.#isOpen) return;
    const data = this.#buffer.subarray(0, this.#length);
    const [isDamaged, isStill] = [this.#isDamaged, this.#isStill];
    this.#isOpen = false;
    this.#isDamaged = false;
    this.#isStill = false;
    this.#length = 0;
    // A still image was not asked for here, and a picture without a byte is only a change of FID.
    if (isStill || (data.length === 0 && !isDamaged)) return;
    const sequence = this.#sequence;
    this.#sequence += 1;
    if (isDamaged || !this.#rules.isPicture(data)) {
      this.#damagedInARow += 1;
      return;
    }
    this.#damagedInARow = 0;
    this.#ready.push({ data: data.slice(), sequence });
  }
}
