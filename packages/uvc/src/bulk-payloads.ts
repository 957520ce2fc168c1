/** Cuts what a bulk endpoint brings into payloads: UVC 1.5 section 2.4.3.2. No I/O. */

import type { FrameAssembler } from "./frame-assembler.ts";

/** The payloads of a bulk endpoint. One ends with a short packet, or when it is as long as payloads can be. */
export class BulkPayloads {
  readonly #assembler: FrameAssembler;
  readonly #maximumBytes: number;
  #received = 0;
  /** Whether it is not known where the next payload begins. */
  #isLost = false;

  /** @param maximumBytes dwMaxPayloadTransferSize */
  constructor(assembler: FrameAssembler, maximumBytes: number) {
    this.#assembler = assembler;
    this.#maximumBytes = maximumBytes;
  }

  /** What a transfer brought. @param asked how many bytes it had room for */
  add(data: Uint8Array, asked: number): void {
    const isShort = data.length < asked;
    if (!this.#isLost) this.#addPiece(data, isShort);
    else if (isShort) this.#isLost = false;
  }

  /** A transfer failed: what comes until the next short packet is the rest of a payload that is lost. */
  lose(): void {
    this.#assembler.skip();
    this.#received = 0;
    this.#isLost = true;
  }

  /** The endpoint begins anew, and with it a payload. */
  restart(): void {
    this.lose();
    this.#isLost = false;
  }

  #addPiece(data: Uint8Array, isShort: boolean): void {
    if (this.#received > 0) this.#assembler.continuePayload(data);
    else if (data.length > 0) this.#assembler.beginPayload(data);
    this.#received += data.length;
    if (!isShort && this.#received < this.#maximumBytes) return;
    this.#assembler.endPayload();
    this.#received = 0;
  }
}
