import type { Clock } from "../clock.ts";
import type { LineEvent, TraceEvent } from "./events.ts";
import { LineLimit } from "./line-limit.ts";

/** Receives events. It must not throw; what it throws is lost. */
export type TraceListener = (event: TraceEvent) => void;

/** Delivers events to any number of listeners; costs nothing while there are none. */
export class Trace implements Disposable {
  readonly #listeners = new Set<TraceListener>();
  readonly #limit: LineLimit;

  constructor(clock: Clock) {
    this.#limit = new LineLimit(clock, (event) => this.#tell(event));
  }

  /** Whether anybody listens: events need not be built otherwise. */
  get active(): boolean {
    return this.#listeners.size > 0;
  }

  /** Adds a listener; disposing the result removes it. */
  listen(listener: TraceListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Tells every listener; of denials and warnings that come in masses, a few and then their count. */
  emit(event: TraceEvent): void {
    if (!this.active) return;
    if (isLine(event)) this.#limit.add(event);
    else this.#tell(event);
  }

  /** Tells of what was only counted so far. Call it last. */
  [Symbol.dispose](): void {
    this.#limit[Symbol.dispose]();
  }

  #tell(event: TraceEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch {
        // A listener that fails must not change what the driver sees.
      }
    }
  }
}

function isLine(event: TraceEvent): event is LineEvent {
  return event.kind === "denied" || event.kind === "would-be-denied" || event.kind === "warning";
}
