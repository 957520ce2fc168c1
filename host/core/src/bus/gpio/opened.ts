import type { BusOpened } from "../opened.ts";
import type { GpioGrant } from "./grant.ts";
import type { OpenedLine } from "./line.ts";
import type { GpioCounts } from "./use.ts";

/** The lines of one life of a driver, with what it may do with them. */
export class OpenedGpio implements BusOpened {
  readonly grant: GpioGrant;
  readonly counts: GpioCounts;
  /** By their keys in the entry; none where a driver is only tried. */
  readonly lines: ReadonlyMap<string, OpenedLine>;
  /** Whether its lines may give promises. */
  readonly answersLater: boolean;

  constructor(
    grant: GpioGrant,
    counts: GpioCounts,
    lines: ReadonlyMap<string, OpenedLine> = new Map(),
    answersLater = false,
  ) {
    this.grant = grant;
    this.counts = counts;
    this.lines = lines;
    this.answersLater = answersLater;
  }

  get lost(): string | undefined {
    for (const { lost } of this.lines.values()) if (lost !== undefined) return lost;
    return undefined;
  }

  async end(): Promise<void> {
    await Promise.all([...this.lines.values()].map((line) => line.end()));
  }
}
