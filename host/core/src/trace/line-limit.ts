import type { Clock } from "../clock.ts";
import type { LineEvent } from "./events.ts";

/** Lines of one kind of one device that are told at once; more of them within the window are only counted. */
const mostLines = 5;
const windowMs = 1_000;

/** What is counted of one kind of line of one device. */
interface Kind {
  startMs: number;
  lines: number;
  leftOut: number;
  /** The last that was left out: what its line says. */
  last: LineEvent | undefined;
}

/**
 * Keeps a component that is refused, or warns, in a loop from filling the audit trail: of each device and kind of denial,
 * and of each device's warnings, a few lines a second are told, and then one that stands for all that were left out. All of
 * them are in the sum of the lines' counts.
 */
export class LineLimit implements Disposable {
  readonly #clock: Clock;
  readonly #tell: (event: LineEvent) => void;
  /** By device and kind: these are the board's and the host's words, so that a component cannot make this grow. */
  readonly #kinds = new Map<string, Kind>();
  readonly #ended = new AbortController();

  /** @param tell gets the lines that are to be seen */
  constructor(clock: Clock, tell: (event: LineEvent) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Tells an event, or counts it. */
  add(event: LineEvent): void {
    const kind = this.#kindOf(event);
    if (event.startMs - kind.startMs >= windowMs) this.#begin(kind, event.startMs);
    if (kind.lines < mostLines) {
      kind.lines += 1;
      this.#tell(event);
      return;
    }
    if (kind.leftOut === 0) this.#await(kind);
    kind.leftOut += 1;
    kind.last = event;
  }

  /** Tells what was left out so far. Nothing is to come any more. */
  [Symbol.dispose](): void {
    this.#ended.abort();
    for (const kind of this.#kinds.values()) this.#begin(kind, kind.startMs);
  }

  #kindOf(event: LineEvent): Kind {
    const { device, startMs } = event;
    const key = `${device} ${event.kind === "warning" ? event.kind : `${event.kind} ${event.denied}`}`;
    let kind = this.#kinds.get(key);
    if (kind === undefined) {
      kind = { startMs, lines: 0, leftOut: 0, last: undefined };
      this.#kinds.set(key, kind);
    }
    return kind;
  }

  /** A new second begins; its first line is about the one before, where that left anything out. */
  #begin(kind: Kind, startMs: number): void {
    const { last, leftOut } = kind;
    kind.startMs = startMs;
    kind.lines = last === undefined ? 0 : 1;
    kind.leftOut = 0;
    kind.last = undefined;
    if (last !== undefined) this.#tell({ ...last, count: leftOut });
  }

  /** Where nothing further comes, time has to tell what was left out. */
  #await(kind: Kind): void {
    const leftMs = Math.max(kind.startMs + windowMs - this.#clock.now(), 0);
    this.#clock.sleep(leftMs, this.#ended.signal).then(
      () => {
        const now = this.#clock.now();
        if (now - kind.startMs >= windowMs) this.#begin(kind, now);
      },
      () => undefined,
    );
  }
}
