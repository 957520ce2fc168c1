import type { AuditEvent, ComplaintEvent, WarningEvent } from "@busbar/host";
import type { Output } from "./output/output.ts";
import { printable } from "./output/printable.ts";

/** Different lines of one device that are told apart; a hostile driver can invent any number of them. */
const mostDistinct = 20;

/**
 * Writes denials and warnings to stderr without letting a driver fill the disk: the first of a kind at once, its repetitions when
 * they reach 10, 100, 1000 ...; from the twenty-first kind of a device on, all others count as one. A year of a denial
 * a millisecond is eleven lines.
 */
export class AuditLog {
  readonly #output: Output;
  readonly #counts = new Map<string, Map<string, number>>();

  constructor(output: Output) {
    this.#output = output;
  }

  /** Notes one denial; or what would have been one, of an entry that is not enforced. */
  denied(event: AuditEvent | ComplaintEvent): void {
    const { kind: type, device, call, denied, reason } = event;
    const line = this.#due(event, `${type} ${call} ${reason}`);
    if (line === undefined) return;
    const { count, others, times } = line;
    const first = others ? "and others, such as " : "";
    const what = type === "denied" ? "denied" : "would be denied";
    this.#output.notice(
      `${what} to ${device}: ${first}${printable(call, 200)}: ${printable(reason, 300)}${times}`,
      { type, ...{ device, call, denied, reason, count, others } },
    );
  }

  /** Notes what a driver says although nothing failed. */
  warned(event: WarningEvent): void {
    const { device, message } = event;
    const line = this.#due(event, message);
    if (line === undefined) return;
    const { count, others, times } = line;
    const first = others ? "other warnings, such as " : "";
    this.#output.notice(`${device}: ${first}${printable(message, 500)}${times}`, {
      type: "warning",
      ...{ device, message, count, others },
    });
  }

  /** Counts an event; undefined where no line is due for it. */
  #due({ device, count: standsFor = 1 }: AuditEvent | ComplaintEvent | WarningEvent, kind: string) {
    let kinds = this.#counts.get(device);
    if (kinds === undefined) {
      kinds = new Map();
      this.#counts.set(device, kinds);
    }
    const others = !kinds.has(kind) && kinds.size >= mostDistinct;
    const key = others ? "" : kind;
    const before = kinds.get(key) ?? 0;
    const count = before + standsFor;
    kinds.set(key, count);
    if (magnitude(before) === magnitude(count)) return undefined;
    return { count, others, times: count === 1 ? "" : ` (${count} times)` };
  }
}

/** How many digits a count has; none for 0. */
function magnitude(count: number): number {
  return count === 0 ? 0 : String(count).length;
}
