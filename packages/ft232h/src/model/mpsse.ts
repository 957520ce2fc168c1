import type { I2cPins } from "./i2c-pins.ts";

/** Pins of ADBUS that are on the bus; SDA_OUT and SDA_IN are wired together. */
const SCL = 0x01;
const SDA_OUT = 0x02;
const SDA_IN = 0x04;

/** Bits of a command that shifts: AN_108 section 3.2. */
const BITS = 0x02;
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
  readonly #pins: I2cPins;
  readonly #answer: (...bytes: number[]) => void;
  /** Of a command that is not there completely. */
  #pending: number[] = [];
  #levels = 0;
  #outputs = 0;
  /** Pins that pull down and never up. */
  #openDrain = 0;

  /** @param answer takes each byte that goes to the host */
  constructor(pins: I2cPins, answer: (...bytes: number[]) => void) {
    this.#pins = pins;
    this.#answer = answer;
  }

  /** Back to inputs, without a command. */
  reset(): void {
    this.#pending = [];
    this.#levels = 0;
    this.#outputs = 0;
    this.#openDrain = 0;
    this.#pins.reset();
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
      case 0x81: {
        const clock = this.#driven(SCL) ?? true;
        const data = this.#pins.data(this.#driven(SDA_OUT));
        this.#answer((clock ? SCL : 0) | (data ? SDA_OUT | SDA_IN : 0));
        break;
      }
      case 0x83:
        this.#answer(0xff);
        break;
      case 0x9e:
        this.#openDrain = first;
        break;
      default:
        // AN_108: "bad commands" are answered; the clock, its phases, the other pins, and sending at once change nothing here.
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

  /** Bits of one byte: the clock is low before and after each. */
  #shift(command: number, byte: number, bits: number): number {
    let received = 0;
    for (let bit = 0; bit < bits; bit += 1) {
      const isLeastFirst = (command & LEAST_FIRST) !== 0;
      if ((command & OUT) !== 0) {
        const isOne = (byte & (isLeastFirst ? 1 << bit : 0x80 >> bit)) !== 0;
        this.#levels = isOne ? this.#levels | SDA_OUT : this.#levels & ~SDA_OUT;
        // While the clock is low. With three phases it stays until the clock is low again for a while; wires that take no time do not tell.
        this.#drive();
      }
      this.#levels |= SCL;
      this.#drive();
      const level = this.#pins.data(this.#driven(SDA_OUT)) ? 1 : 0;
      received = isLeastFirst ? (received >> 1) | (level << 7) : ((received << 1) | level) & 0xff;
      this.#levels &= ~SCL;
      this.#drive();
    }
    return received;
  }

  #drive(): void {
    this.#pins.set(this.#driven(SCL), this.#driven(SDA_OUT));
  }

  /** What a pin makes of its line; undefined where it lets it go. */
  #driven(pin: number): boolean | undefined {
    if ((this.#outputs & pin) === 0) return undefined;
    const isHigh = (this.#levels & pin) !== 0;
    return isHigh && (this.#openDrain & pin) !== 0 ? undefined : isHigh;
  }
}

function isShift(command: number): boolean {
  return command >= 0x10 && command <= 0x3f && (command & (OUT | IN)) !== 0;
}
