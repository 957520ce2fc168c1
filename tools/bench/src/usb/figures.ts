/** What busbar-host's examples/measure/usb prints of one way of doing it: of each turn, in microseconds. */
export interface Turns {
  readonly wall: readonly number[];
  readonly processor: readonly number[];
}

/** All that it prints. */
export interface Figures {
  /** The driver, asked for each repetition. */
  readonly component: Turns;
  /** A loop inside the driver, where it has one. */
  readonly inside?: Turns;
  /** The same transfers without a component, on a device in memory. */
  readonly plain?: Turns;
  /** The most that the process has had resident, in KiB. */
  readonly peak: number;
}
