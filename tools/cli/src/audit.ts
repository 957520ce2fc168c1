import type { AuditEvent } from "@busbar/host";
import type { Output } from "./output/output.ts";
import { printable } from "./output/printable.ts";

/** Different denials of one device that are told apart; a hostile driver can invent any number of them. */
const mostDistinct = 20;

/**
 * Writes denials to stderr without letting a driver fill the disk: the first of a kind at once, its repetitions when
 * they reach 10, 100, 1000 ...; from the twenty-first kind of a device on, all others count as one. A year of a denial
 * a millisecond is eleven lines.
 */
export class AuditLog {
  readonly #output: Output;
  readonly #counts = new Map<string, Map<string, number>>();

  constructor(output: Output) {
    this.#output = output;
  }

  /** Notes one denial. */
  denied(event: AuditEvent): void {
    const { device, call, denied, reason, count: standsFor = 1 } = event;
    let kinds = this.#counts.get(device);
    if (kinds === undefined) {
      kinds = new Map();
      this.#counts.set(device, kinds);
    }
    const kind = `${call} ${reason}`;
    const overflow = !kinds.has(kind) && kinds.size >= mostDistinct;
    const key = overflow ? "" : kind;
    const before = kinds.get(key) ?? 0;
    const count = before + standsFor;
    kinds.set(key, count);
    if (magnitude(before) === magnitude(count)) return;

    const times = count === 1 ? "" : ` (${count} times)`;
    const others = overflow ? "and others, such as " : "";
    this.#output.notice(
      `denied to ${device}: ${others}${printable(call, 200)}: ${printable(reason, 300)}${times}`,
      { type: "denied", ...{ device, call, denied, reason, count, others: overflow } },
    );
  }
}

/** How many digits a count has; none for 0. */
function magnitude(count: number): number {
  return count === 0 ? 0 : String(count).length;
}
