import type { Wired } from "./wired.ts";

/** Pins of ADBUS: AN_108 section 2.1. */
const CLOCK = 0x01;
const DATA_OUT = 0x02;
const DATA_IN = 0x04;

/** Bits of a command that shifts: AN_108 section 3.2. */
const OUT_ON_FALLING = 0x01;
const BITS = 0x02;
const IN_ON_FALLING = 0x04;
const LEAST_FIRST = 0x08;
const OUT = 0x10;
const IN = 0x20;

/** How many bytes follow each other command: AN_108 sections 3.5 to 3.10. */
const following = new Map([
  [0x80, 2],
  [0x81, 0],
  [0x82, 2],
  [0x83, 0],
  [0x84, 0],
  [0x85, 0],
  [0x86, 2],
  [0x87, 0],
  [0x8a, 0],
  [0x8b, 0],
  [0x8c, 0],
  [0x8d, 0],
  [0x96, 0],
  [0x97, 0],
  [0x9e, 2],
]);

/** The engine: commands in, levels of pins, answers out. */
export class Mpsse {
  readonly #wired: Wired;
  readonly #answer: (...bytes: number[]) => void;
  /** Of a command that is not there completely. */
  #pending: number[] = [];
  #levels = 0;
  #outputs = 0;
  /** Pins that pull down and never up. */
  #openDrain = 0;
  /** The clock: AN_108 section 3.8. */
  #divisor = 0;
  #isDividedBy5 = true;
  #hasThreePhases = false;

  /** @param answer takes each byte that goes to the host */
  constructor(wired: Wired, answer: (...bytes: number[]) => void) {
    this.#wired = wired;
    this.#answer = answer;
  }

  /** Back to inputs, without a command. */
  reset(): void {
    this.#pending = [];
    this.#levels = 0;
    this.#outputs = 0;
    this.#openDrain = 0;
    this.#divisor = 0;
    this.#isDividedBy5 = true;
    this.#hasThreePhases = false;
    this.#wired.reset();
  }

  /** Bytes from the host: commands may come in pieces. */
  run(bytes: Uint8Array): void {
    this.#pending.push(...bytes);
    for (;;) {
      const length = this.#lengthOf(this.#pending);
      if (length === undefined || length > this.#pending.length) return;
      this.#command(this.#pending.splice(0, length));
    }
  }

  /** How long the command is that these bytes begin with; undefined where that is not known yet. */
  #lengthOf([command, low, high]: readonly number[]): number | undefined {
    if (command === undefined) return undefined;
    if (!isShift(command)) return 1 + (following.get(command) ?? 0);
    if ((command & BITS) !== 0) return (command & OUT) === 0 ? 2 : 3;
    if (low === undefined || high === undefined) return undefined;
    return 3 + ((command & OUT) === 0 ? 0 : (low | (high << 8)) + 1);
  }

  #command([command, ...parameters]: number[]): void {
    if (isShift(command!)) {
      this.#shiftAll(command!, parameters);
      return;
    }
    const [first = 0, second = 0] = parameters;
    switch (command) {
      case 0x80:
        this.#levels = first;
        this.#outputs = second;
        this.#drive();
        break;
      case 0x81:
        this.#answer(this.#wired.levels(this.#driven));
        break;
      case 0x83:
        this.#answer(0xff);
        break;
      case 0x86:
        this.#divisor = first | (second << 8);
        break;
      case 0x8a:
      case 0x8b:
        this.#isDividedBy5 = command === 0x8b;
        break;
      case 0x8c:
      case 0x8d:
        this.#hasThreePhases = command === 0x8c;
        break;
      case 0x9e:
        this.#openDrain = first;
        break;
      default:
        // AN_108: "bad commands" are answered; the other pins, and sending at once change nothing here.
        if (!following.has(command!)) this.#answer(0xfa, command!);
    }
  }

  #shiftAll(command: number, parameters: number[]): void {
    const isBits = (command & BITS) !== 0;
    const count = isBits ? 1 : (parameters[0]! | (parameters[1]! << 8)) + 1;
    const data = parameters.slice(isBits ? 1 : 2);
    for (let index = 0; index < count; index += 1) {
      const received = this.#shift(command, data[index] ?? 0, isBits ? (parameters[0]! & 0x07) + 1 : 8);
      if ((command & IN) !== 0) this.#answer(received);
    }
  }

  /** Bits of one byte. */
  #shift(command: number, byte: number, bits: number): number {
    const isLeastFirst = (command & LEAST_FIRST) !== 0;
    const sent = isLeastFirst ? reversed(byte) : byte;
    const received =
      this.#wired.shift === undefined
        ? this.#shiftBits(command, sent, bits)
        : this.#shiftAtOnce(this.#wired.shift.bind(this.#wired), command, sent, bits);
    // Into the register bits come from the right, or from the left.
    return isLeastFirst ? (reversed(received) << (8 - bits)) & 0xff : received >> (8 - bits);
  }

  /** @returns what came, from bit 7 */
  #shiftAtOnce(shift: NonNullable<Wired["shift"]>, command: number, byte: number, bits: number): number {
    const isOut = (command & OUT) !== 0;
    const received = shift(
      {
        bits,
        sent: isOut ? byte : undefined,
        isSetOnFalling: (command & OUT_ON_FALLING) !== 0,
        isTakenOnFalling: (command & IN) === 0 ? undefined : (command & IN_ON_FALLING) !== 0,
      },
      this.#driven,
    );
    // The last bit stays.
    if (isOut) this.#setDataOut((byte & (0x80 >> (bits - 1))) !== 0);
    return received;
  }

  /** Bit by bit: the clock is low before and after each. @returns as `#shiftAtOnce` */
  #shiftBits(command: number, byte: number, bits: number): number {
    let received = 0;
    for (let bit = 0x80; bit > 0x80 >> bits; bit >>= 1) {
      if ((command & OUT) !== 0) {
        this.#setDataOut((byte & bit) !== 0);
        // While the clock is low. With three phases it stays until the clock is low again for a while; wires that take no time do not tell.
        this.#drive();
      }
      this.#levels |= CLOCK;
      this.#drive();
      if ((this.#wired.levels(this.#driven) & DATA_IN) !== 0) received |= bit;
      this.#levels &= ~CLOCK;
      this.#drive();
    }
    return received;
  }

  #setDataOut(level: boolean): void {
    this.#levels = level ? this.#levels | DATA_OUT : this.#levels & ~DATA_OUT;
  }

  #drive(): void {
    const divided = 60_000_000 / (this.#isDividedBy5 ? 5 : 1) / (this.#divisor + 1);
    this.#wired.drive(this.#driven, divided / (this.#hasThreePhases ? 3 : 2));
  }

  /** What a pin makes of its line; undefined where it lets it go. */
  readonly #driven = (pin: number): boolean | undefined => {
    if ((this.#outputs & pin) === 0) return undefined;
    const isHigh = (this.#levels & pin) !== 0;
    return isHigh && (this.#openDrain & pin) !== 0 ? undefined : isHigh;
  };
}

/** The bits of a byte the other way round. */
function reversed(byte: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit += 1) result |= ((byte >> bit) & 1) << (7 - bit);
  return result;
}

function isShift(command: number): boolean {
  return command >= 0x10 && command <= 0x3f && (command & (OUT | IN)) !== 0;
}
