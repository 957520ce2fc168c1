/**
 * What the host needs from a platform to reach GPIO lines: the Linux backend and the simulator implement these two interfaces, and
 * the same contract tests run against both. They speak of voltages; which of them is "active" is the host's business.
 */

/** The name of a chip in the board file: N for `/dev/gpiochipN`, or its name, its label, or a simulated chip's name. See `chipNameOf`. */
export type GpioChipName = number | string;

/** A line of a chip: its offset there, or its name. */
export type GpioLineName = number | string;

/** What a line is used for. */
export type GpioDirection = "in" | "out" | "in-out";

/** How an output has its levels: both driven, or only "low", while "high" lets the line go, for a resistor or somebody else to have. */
export type GpioDrive = "push-pull" | "open-drain";

/** The voltage on a line. */
export type GpioLevel = "low" | "high";

/** How a line is to be opened. */
export interface GpioLineUse {
  readonly chip: GpioChipName;
  readonly line: GpioLineName;
  readonly direction: GpioDirection;
  /** The resistor; as it is where there is none. */
  readonly pull?: "up" | "down" | undefined;
  /** Of an input: how long it has to keep a level for that to count, in milliseconds; every change counts where there is none. */
  readonly debounceMs?: number | undefined;
  /** Of an output; "push-pull" where there is none. An open-drain line in both directions tells of edges while it is let go. */
  readonly drive?: GpioDrive | undefined;
  /** What an output has from the moment that it is one. */
  readonly initial: GpioLevel;
  /** The device's name in the board file, which says to others who uses the line. */
  readonly device: string;
}

/** A change of an input. */
export interface GpioEdge {
  /** What it changed to. Two to the same level can follow each other where the line is faster than its controller. */
  readonly level: GpioLevel;
  /** When, in milliseconds of the board's clock, as exactly as the platform knows. */
  readonly timeMs: number;
}

/** One opened line: nobody else can use it meanwhile. */
export interface GpioLine {
  /** Why it is not there any more, as one sentence without its end; undefined while it is, and where nobody can know. */
  readonly lost?: string | undefined;

  /**
   * The level that is there now; of an output, too.
   *
   * @throws GpioError; a promise rejects with it
   */
  read(): GpioLevel | Promise<GpioLevel>;

  /**
   * Sets the level of an output.
   *
   * @throws GpioError; a promise rejects with it
   */
  write(level: GpioLevel): void | Promise<void>;

  /**
   * Tells of each edge from now on, in their order, and never within this call. Any number can listen.
   *
   * @throws GpioError `operation-not-supported` where the line tells of none
   */
  watch(listener: (edge: GpioEdge) => void): Disposable;

  /**
   * Releases the line, and ends all watching; a promise is there when it is released, and never rejects. Closing twice is legal; everything
   * else afterwards throws a GpioError.
   */
  close(): void | Promise<void>;
}

/** A source of GPIO lines. */
export interface GpioBackend {
  /** Shown to people: "Linux GPIO", "simulator". */
  readonly name: string;

  /**
   * Whether lines may answer later, with promises, because they are behind a network or another driver. A driver can wait for them;
   * lines that answer at once cost several times less, so they do not say this.
   */
  readonly answersLater?: boolean;

  /**
   * Opens a line; `undefined` where this backend has no chip of that name, so that the next backend is asked.
   *
   * @throws BackendError when the chip exists but the line cannot be used: no such line, used by somebody else, no permission, or
   *   the chip cannot do what is asked of it
   */
  openGpioLine(use: GpioLineUse): GpioLine | undefined | Promise<GpioLine | undefined>;
}
