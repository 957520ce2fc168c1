/** What reading many sensors once a second took. */
export interface SensorsResult {
  /** Processor time in each second, in milliseconds. */
  readonly processorMsEachSecond: number;
  /** Resident memory that the board, the drivers and the app took. */
  readonly memoryMiB: number;
  /** By how many milliseconds the time from one sample of a sensor to its next was off: the middle, 99 of 100, the worst. */
  readonly jitterMs: { readonly median: number; readonly most: number; readonly worst: number };
}

/** @param deviations in milliseconds, in any order */
export function summarize(deviations: readonly number[]): Pick<SensorsResult, "jitterMs"> {
  const sorted = [...deviations].sort((left, right) => left - right);
  const at = (part: number) => sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)] ?? NaN;
  return { jitterMs: { median: at(0.5), most: at(0.99), worst: at(1) } };
}
