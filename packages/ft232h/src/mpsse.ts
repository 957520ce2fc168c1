/**
 * The commands of the chip's Multi-Protocol Synchronous Serial Engine, as far as I2C takes them: AN_108, "Command Processor for MPSSE and
 * MCU Host Bus Emulation Modes", chapter 3; and AN_255, "USB to I2C Example using the FT232H and FT201X devices", for how they make I2C.
 */

/** Bytes of a packet in IN direction, of which the first two are states of a serial port. */
export const PACKET_BYTES = 512;
const STATUS_BYTES = 2;

/** Pins of ADBUS: the clock; data out and data in, which are wired together. */
const SCL = 0x01;
const SDA_OUT = 0x02;
export const SDA_IN = 0x04;
/** Both lines where nobody pulls them down, as `READ_PINS` gives them. */
export const LINES = SCL | SDA_IN;
const OUTPUTS = SCL | SDA_OUT;

const CLOCK_BYTES_OUT = 0x11;
const CLOCK_BITS_OUT = 0x13;
const CLOCK_BYTES_IN = 0x20;
const CLOCK_BITS_IN = 0x22;
export const SET_PINS = 0x80;
export const READ_PINS = 0x81;
export const LOOPBACK_OFF = 0x85;
export const SET_DIVISOR = 0x86;
export const SEND_IMMEDIATE = 0x87;
export const DIVIDE_BY_5_OFF = 0x8a;
const THREE_PHASES_ON = 0x8c;
export const ADAPTIVE_CLOCK_OFF = 0x97;
export const DRIVE_ONLY_ZERO = 0x9e;

/** What answers a command that there is not, before that command itself: AN_108, "Bad Commands". */
const BAD_COMMAND = 0xfa;
/** A command that there is not, on purpose: AN_255 finds out by it whether the engine listens. */
const UNKNOWN = 0xaa;

/** The clock that is divided, in kHz, by three phases for each bit and twice that: 60 MHz / 3. */
const PHASE_CLOCK_KHZ = 20_000;

/** What the engine needs for a command that sets pins, at least, in microseconds: such are repeated to hold a line for longer. */
const PINS_US = 0.5;

/** Bytes that are written, or read, by one batch: everything that it answers fits into the buffer of 1 kB. */
export const BATCH_BYTES = 60;

/** Asks for a "bad command". */
export const syncCommands = Uint8Array.of(UNKNOWN, SEND_IMMEDIATE);

/** Whether the answer to `syncCommands` is in what was received. */
export function isInSync(received: Uint8Array): boolean {
  return received.some((byte, index) => byte === BAD_COMMAND && received[index + 1] === UNKNOWN);
}

/** Sets the engine up: three phases, so that data is there at both edges; pins that only pull down; the clock; and both lines let go. */
export function setUpCommands(clockKhz: number): Uint8Array {
  const divisor = Math.min(0xffff, Math.max(0, Math.ceil(PHASE_CLOCK_KHZ / clockKhz) - 1));
  return Uint8Array.of(
    DIVIDE_BY_5_OFF,
    ADAPTIVE_CLOCK_OFF,
    THREE_PHASES_ON,
    LOOPBACK_OFF,
    ...[DRIVE_ONLY_ZERO, SCL | SDA_OUT | SDA_IN, 0x00],
    ...[SET_DIVISOR, divisor & 0xff, divisor >> 8],
    ...pins(SCL | SDA_OUT),
    ...[READ_PINS, SEND_IMMEDIATE],
  );
}

/** The commands of I2C at one speed. */
export class I2cCommands {
  readonly #hold: number;

  constructor(clockKhz: number) {
    // Lines are held for three quarters of a period, which is more than UM10204 table 10 wants of any.
    this.#hold = Math.ceil(750 / clockKhz / PINS_US);
  }

  /** A start, or a repeated one, where the clock is low, and the byte with the address. Gives back one byte. */
  start(address: number, isRead: boolean): Uint8Array {
    return Uint8Array.of(
      ...this.#held(SDA_OUT),
      ...this.#held(SCL | SDA_OUT),
      ...this.#held(SCL),
      ...this.#held(0),
      ...written((address << 1) | (isRead ? 1 : 0)),
      SEND_IMMEDIATE,
    );
  }

  /** Writes bytes. Gives back one for each. */
  write(bytes: Uint8Array): Uint8Array {
    return Uint8Array.of(...Array.from(bytes).flatMap(written), SEND_IMMEDIATE);
  }

  /** Reads `count` bytes, which it gives back. @param isLast whether none follows in this operation */
  read(count: number, isLast: boolean): Uint8Array {
    const commands = Array.from({ length: count }, (_, index) => {
      const refuses = isLast && index === count - 1;
      // One byte; then one bit, the highest one, that acknowledges it; then the line is let go.
      return [CLOCK_BYTES_IN, 0, 0, CLOCK_BITS_OUT, 0, refuses ? 0xff : 0x00, ...pins(SDA_OUT)];
    });
    return Uint8Array.of(...commands.flat(), SEND_IMMEDIATE);
  }

  /** A stop. Gives back the levels of the lines afterwards. */
  stop(): Uint8Array {
    const lines = [...this.#held(0), ...this.#held(SCL), ...this.#held(SCL | SDA_OUT)];
    return Uint8Array.of(...lines, READ_PINS, SEND_IMMEDIATE);
  }

  #held(levels: number): number[] {
    return Array.from({ length: this.#hold }, () => pins(levels)).flat();
  }
}

/** One byte out; then the data line is let go, and one bit comes in: whether it was acknowledged. */
function written(byte: number): number[] {
  return [CLOCK_BYTES_OUT, 0, 0, byte, ...pins(SDA_OUT), CLOCK_BITS_IN, 0];
}

function pins(levels: number): number[] {
  return [SET_PINS, levels, OUTPUTS];
}

/** The place of the first byte that was not acknowledged, from 0; -1 where all were. One bit comes in at the right. */
export function firstNotAcknowledged(answer: Uint8Array): number {
  return answer.findIndex((byte) => (byte & 0x01) !== 0);
}

/** What a transfer in IN direction brought of the engine: without the two bytes of the port's states that each packet begins with. */
export function withoutStates(transfer: Uint8Array): Uint8Array {
  const data: number[] = [];
  for (let start = 0; start < transfer.length; start += PACKET_BYTES) {
    data.push(...transfer.subarray(start + STATUS_BYTES, start + PACKET_BYTES));
  }
  return Uint8Array.from(data);
}
