import type { Clock } from "@busbar/host";

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #now = 1000.1;

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    this.advance(ms);
    return Promise.resolve();
  }

  turn(): Promise<void> {
    return Promise.resolve();
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}
