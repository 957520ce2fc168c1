/** Time, injected: tests and measurements give their own, so that nothing sleeps. */
export interface Clock {
  /** Milliseconds on a clock that never goes back. Only differences mean anything. */
  now(): number;

  /**
   * Resolves after at least `ms` milliseconds, however many: months too.
   *
   * @param ms 0 and less are over at once; Infinity ends only with the signal
   * @throws the signal's reason as soon as `signal` aborts; RangeError for NaN
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;

  /** Resolves when everything else that is ready has had its turn: timers, signals, devices, other guests. */
  turn(): Promise<void>;
}
