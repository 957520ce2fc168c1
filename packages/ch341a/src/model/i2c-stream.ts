import type { I2cWires } from "@busbar/model";

/** The first byte of a packet of I2C stream commands. */
export const I2C_STREAM = 0xaa;

/** What acknowledges is 0; what does not leaves the line high, which is seen in bit 7. */
const ACKNOWLEDGED = 0x00;
const NOT_ACKNOWLEDGED = 0x80;

/** The I2C stream machine in the chip: packet by packet. Nothing stops it, also no byte that is not acknowledged. */
export class I2cStream {
  readonly #wires: I2cWires;
  /** After a start, the next byte has the address. */
  #wantsAddress = false;

  constructor(wires: I2cWires) {
    this.#wires = wires;
  }

  /** Runs the commands of a packet, after its first byte. @returns what it gives back */
  run(commands: Uint8Array): Uint8Array {
    const given: number[] = [];
    let place = 0;
    while (place < commands.length) {
      const command = commands[place++]!;
      const count = command & 0x3f;
      if (command === 0x00) break;
      if (command === 0x74) this.#wantsAddress = true;
      else if (command === 0x75) this.#stop();
      else if (command >> 6 === 0b11) this.#read(count, given);
      else if (command >> 6 === 0b10) {
        const bytes = commands.subarray(place, place + Math.max(1, count));
        place += bytes.length;
        for (const byte of bytes) {
          const isAcknowledged = this.#write(byte);
          // Only a byte by itself is answered for.
          if (count === 0) given.push(isAcknowledged ? ACKNOWLEDGED : NOT_ACKNOWLEDGED);
        }
      }
      // The speed (0x60), and waiting for microseconds (0x40) or milliseconds (0x50), change nothing here.
    }
    return Uint8Array.from(given);
  }

  /** The host is gone. */
  reset(): void {
    this.#stop();
  }

  #write(byte: number): boolean {
    if (!this.#wantsAddress) return this.#wires.write(byte);
    this.#wantsAddress = false;
    return this.#wires.start(byte >> 1, (byte & 1) === 0 ? "write" : "read");
  }

  #read(count: number, given: number[]): void {
    for (let index = 0; index < Math.max(1, count); index += 1) given.push(this.#wires.read());
  }

  #stop(): void {
    this.#wantsAddress = false;
    this.#wires.stop();
  }
}
