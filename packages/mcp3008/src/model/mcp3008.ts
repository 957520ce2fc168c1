import type { SpiTarget } from "@busbar/model";

/** One simulated chip. */
export interface Mcp3008Options {
  /** How many inputs it has: 8, or 4 of an MCP3004. */
  readonly inputs: 4 | 8;
  /** Volts at V_REF. */
  readonly referenceVolts: number;
  /** Volts at an input, now. */
  readonly volts: (input: number) => number;
}

/** What a line reads that nobody drives: it is pulled up. */
const FLOATING = 1;

/** Where a conversion is, by the bits that were clocked (DS21295D, section 5.0, figure 5-1). */
type Phase =
  | { readonly kind: "waiting" }
  | { readonly kind: "configured"; readonly bits: readonly number[] }
  | { readonly kind: "sampled"; readonly output: readonly number[]; clocked: number };

/**
 * Microchip MCP3008 and MCP3004, from DS21295D, bit by bit: it takes the start bit wherever it comes, as leading zeros are
 * allowed (section 6.1). It answers most significant bit first, then once more in the other direction, then zeros.
 */
export class Mcp3008 implements SpiTarget {
  readonly #options: Mcp3008Options;
  #phase: Phase = { kind: "waiting" };

  constructor(options: Mcp3008Options) {
    this.#options = options;
  }

  select(): void {
    this.#phase = { kind: "waiting" };
  }

  transfer(byte: number): number {
    let answer = 0;
    for (let bit = 7; bit >= 0; bit--) {
      answer = answer * 2 + this.output;
      this.clock(Math.floor(byte / 2 ** bit) % 2);
    }
    return answer;
  }

  release(): void {}

  /** The level of D_OUT: 0 or 1. It changes after a clock, never before. */
  get output(): number {
    const phase = this.#phase;
    return phase.kind === "sampled" ? (phase.output[phase.clocked] ?? 0) : FLOATING;
  }

  /** One clock, by whose rising edge D_IN is taken: 0 or 1. */
  clock(bit: number): void {
    const phase = this.#phase;
    if (phase.kind === "waiting") {
      if (bit === 1) this.#phase = { kind: "configured", bits: [] };
    } else if (phase.kind === "configured") {
      const bits = [...phase.bits, bit];
      // SGL/DIFF, D2, D1, D0, and one clock in which the sample is taken.
      this.#phase =
        bits.length === 5
          ? { kind: "sampled", output: this.#convert(bits), clocked: 0 }
          : { kind: "configured", bits };
    } else phase.clocked += 1;
  }

  /** The null bit, B9 to B0, B1 to B9. */
  #convert([single, d2, d1, d0]: readonly number[]): number[] {
    const selected = d2! * 4 + d1! * 2 + d0!;
    // "D2 is don't care for MCP3004" (table 5-2).
    const input = selected % this.#options.inputs;
    const other = input % 2 === 0 ? input + 1 : input - 1;
    const volts = this.#options.volts(input) - (single === 1 ? 0 : this.#options.volts(other));
    const code = Math.min(1023, Math.max(0, Math.floor((volts / this.#options.referenceVolts) * 1024)));
    const bits = Array.from({ length: 10 }, (_, index) => Math.floor(code / 2 ** (9 - index)) % 2);
    return [0, ...bits, ...bits.slice(0, 9).reverse()];
  }
}
