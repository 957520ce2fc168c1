/** The packets of the chip, whatever they are for: each is sent, and what it gives back is fetched before the next one. */

import { DriverError, type UsbDevice, UsbFault } from "@busbar/guest";
import { PACKET_BYTES } from "./stream.ts";

/** bInterfaceClass: the vendor's own. As a serial port and as a printer the chip has other ids. */
const VENDOR_CLASS = 0xff;

/** How long a packet may take: its bits, and a target that holds the clock. */
const answerMs = 1000;

/** How long nothing may come before it is taken for granted that nothing is left, and how many packets may be. */
const drainMs = 20;
const mostStrayPackets = 16;

/** The two endpoints of one CH341A. */
export class Packets {
  readonly #device: UsbDevice;
  readonly #in: number;
  readonly #out: number;

  /** @throws DriverError `wrong-device` where it has other endpoints */
  constructor(device: UsbDevice) {
    this.#device = device;
    const vendor = device.findInterface({ class: VENDOR_CLASS });
    if (vendor === undefined) {
      throw DriverError.wrongDevice(
        "The USB device has no interface of a CH341A in I2C mode; correct the entry.",
      );
    }
    device.claim(vendor.interfaceNumber);
    this.#in = device.findEndpoint(vendor, "bulk", "in").endpointAddress;
    this.#out = device.findEndpoint(vendor, "bulk", "out").endpointAddress;
  }

  /** Sends a packet that gives nothing back. @throws DriverError */
  send(packet: Uint8Array): void {
    this.#device.submitOut(this.#out, packet, answerMs).wait();
  }

  /**
   * Sends a packet, and gets all `count` bytes that it gives back, at most those of one packet.
   *
   * @param doing "reading 8 bytes from 0x76"
   * @throws DriverError
   */
  ask(packet: Uint8Array, count: number, doing: string): Uint8Array {
    this.send(packet);
    const answer = new Uint8Array(count);
    for (let received = 0; received < count; ) {
      const bytes = this.#device.submitIn(this.#in, PACKET_BYTES, answerMs).wait();
      if (bytes.length === 0 || received + bytes.length > count) {
        throw DriverError.protocol(
          `The CH341A gave other data than it was asked for while ${doing}; unplug it and plug it in again.`,
        );
      }
      answer.set(bytes, received);
      received += bytes.length;
    }
    return answer;
  }

  /** Reads over what was asked for before, and never fetched. @throws DriverError */
  drain(): void {
    for (let stray = 0; stray < mostStrayPackets; stray += 1) {
      try {
        this.#device.submitIn(this.#in, PACKET_BYTES, drainMs).wait();
      } catch (error) {
        if (error instanceof UsbFault && error.code === "timeout") return;
        throw error;
      }
    }
    throw DriverError.wrongDevice(
      "The USB device sends what it was not asked for, and is no CH341A in I2C mode; correct the entry.",
    );
  }

  /** After something failed: sends `freeing`, and the next transaction finds no answer to this one. The first error says more. */
  recover(error: unknown, freeing: Uint8Array): void {
    if (error instanceof DriverError && error.payload.tag === "disconnected") return;
    try {
      this.send(freeing);
      // What is wrong on the bus was in an answer; what is wrong on USB may have left one.
      const isAnswered =
        error instanceof DriverError && error.payload.tag === "bus" && !(error instanceof UsbFault);
      if (!isAnswered) this.drain();
    } catch (second) {
      if (!(second instanceof DriverError)) throw second;
    }
  }
}
