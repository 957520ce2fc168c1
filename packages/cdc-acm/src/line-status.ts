/** The state of the line, as the notifications of a device tell it. */

import { DriverError, type LineState } from "@busbar/guest";
import { CdcError } from "./errors.ts";
import { decodeSerialState, NotificationAssembler, NotificationCode, noLineState } from "./notifications.ts";
import type { PacketQueue } from "./packet-queue.ts";

/** As much as is looked through at a time. */
const BYTES_AT_A_TIME = 512;
/** How long a device may take from one packet to the next while it has some. */
const NEXT_PACKET_MS = 50;
/** A device that has still more to tell after so many looks tells the same again and again. */
const LOOKS = 16;

/** Keeps the state up to date. What the device sends wrongly is passed over: it says nothing about the data. */
export class LineStatus {
  readonly #packets: PacketQueue;
  readonly #depth: number;
  readonly #assembler = new NotificationAssembler();
  #state = noLineState;
  #failure: DriverError | undefined;

  /** @param depth how many packets the queue holds */
  constructor(packets: PacketQueue, depth: number) {
    this.#packets = packets;
    this.#depth = depth;
  }

  /** Takes in what has come. Never throws DriverError: `read` does. */
  poll(): void {
    try {
      this.#look();
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      this.#failure = error;
    }
  }

  /**
   * The latest state. What went wrong on the line since the last call is in it, and only in this one.
   *
   * @throws DriverError
   */
  read(): LineState {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
    // Where all transfers were full, the latest state is still in the device.
    for (let look = 0; look < LOOKS && this.#look() >= this.#depth; look += 1) {
      this.#add(this.#packets.wait(NEXT_PACKET_MS));
    }
    const state = this.#state;
    const { breakReceived, framingError, parityError, overrun } = noLineState;
    this.#state = { ...state, breakReceived, framingError, parityError, overrun };
    return state;
  }

  /** @returns how many packets had come */
  #look(): number {
    const packets = this.#packets.collect(BYTES_AT_A_TIME);
    this.#add(packets);
    return packets.length;
  }

  #add(packets: readonly Uint8Array[]): void {
    for (const packet of packets) {
      try {
        const notification = this.#assembler.add(packet);
        if (notification?.code === NotificationCode.SERIAL_STATE) this.#update(notification.data);
      } catch (error) {
        if (!(error instanceof CdcError)) throw error;
      }
    }
  }

  /** Break, errors and overrun are told once, when they happen; the others are levels: PSTN 1.2 section 6.5.4. */
  #update(data: Uint8Array): void {
    const { breakReceived, framingError, parityError, overrun } = this.#state;
    const told = decodeSerialState(data);
    this.#state = {
      ...told,
      breakReceived: told.breakReceived || breakReceived,
      framingError: told.framingError || framingError,
      parityError: told.parityError || parityError,
      overrun: told.overrun || overrun,
    };
  }
}
