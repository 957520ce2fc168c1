import type { SpiWires } from "@busbar/model";

/** The first bytes of packets: of SPI stream commands, and of commands that move pins. */
export const SPI_STREAM = 0xa8;
export const PIN_STREAM = 0xab;

/** Pins of SPI: D0 to D2 are chip selects, low where they are asserted; then the clock, and data out. */
const CHIP_SELECTS = 3;
const SCK = 0x08;
const DATA_OUT = 0x20;

/** Pins that can be outputs: D0 to D5. */
const OUTPUTS = 0x3f;

/** 12 MHz divided by 8. */
const CLOCK_HZ = 1_500_000;

/** What is received where nobody drives the line. */
const IDLE = 0xff;

/** The SPI stream machine in the chip, and the pins D0 to D7. Where nothing is on the bus, nobody is selected. */
export class SpiStream {
  readonly #wires: SpiWires | undefined;
  #levels = 0;
  #outputs = 0;
  #selected = -1;

  constructor(wires: SpiWires | undefined) {
    this.#wires = wires;
  }

  /** Runs the commands of a packet that moves pins, after its first byte. @returns what it gives back */
  movePins(commands: Uint8Array): Uint8Array {
    const given: number[] = [];
    for (const command of commands) {
      if (command === 0x20) break;
      if (command === 0x00) given.push((this.#levels | ~this.#outputs) & 0xff);
      else if (command >> 6 === 0b01) this.#outputs = command & OUTPUTS;
      else if (command >> 6 === 0b10) this.#levels = command & OUTPUTS;
      // Waiting for microseconds (0xC0) changes nothing here.
      this.#select();
    }
    return Uint8Array.from(given);
  }

  /** Moves the bytes of a packet, after its first one, bit 0 first: mode 0. @returns what came meanwhile */
  move(bytes: Uint8Array): Uint8Array {
    const isDriven = (this.#outputs & (SCK | DATA_OUT)) === (SCK | DATA_OUT);
    // A clock that rests high has an edge more than eight bits have.
    const isHeard = isDriven && (this.#levels & SCK) === 0 && this.#selected !== -1;
    const wires = isHeard ? this.#wires : undefined;
    return bytes.map((byte) => (wires === undefined ? IDLE : reversed(wires.transfer(reversed(byte)))));
  }

  /** The host is gone. */
  reset(): void {
    this.#outputs = 0;
    this.#levels = 0;
    this.#select();
  }

  #select(): void {
    const low = Array.from({ length: CHIP_SELECTS }, (_, number) => number).filter(
      (number) => (this.#outputs & ~this.#levels & (1 << number)) !== 0,
    );
    // Of several at a time each drives against the others.
    const selected = low.length === 1 ? low[0]! : -1;
    if (selected === this.#selected) return;
    if (this.#selected !== -1) this.#wires?.release();
    this.#selected = selected;
    if (selected !== -1) this.#wires?.select(selected, { mode: 0, hz: CLOCK_HZ });
  }
}

/** The bits of a byte the other way round: bit 7 is the first one of the wires. */
function reversed(byte: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit += 1) result |= ((byte >> bit) & 1) << (7 - bit);
  return result;
}
