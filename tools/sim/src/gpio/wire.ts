import type { GpioPart } from "@busbar/model";
import type { SimulatedLine } from "./line.ts";

/** Where a part is wired to. */
export interface LinePlace {
  /** The part's own name for the line. */
  readonly name: string;
  readonly line: SimulatedLine;
}

/**
 * Wires a part to lines, of one chip or of several.
 *
 * @throws RangeError where another part has one of them
 */
export function wirePart(part: GpioPart, wired: readonly LinePlace[]): void {
  for (const { name, line } of wired) {
    const others = () => wired.flatMap((each) => (each.line === line ? [] : [each.line]));
    line.attach({ part, name, others });
  }
}
