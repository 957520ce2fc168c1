/** What the chip makes of one of its pins ADBUS, by its bit: a level; undefined where it lets it go. */
export type Driven = (pin: number) => boolean | undefined;

/** Eight cycles of the clock, or fewer, as a command wants them. */
export interface Shift {
  /** How many, 1 to 8. */
  readonly bits: number;
  /** What is sent, from bit 7; undefined where data out stays as it is. */
  readonly sent: number | undefined;
  /** Whether data is set with the falling edge of the clock, and not with the rising one. */
  readonly isSetOnFalling: boolean;
  /** The same of taking it; undefined where nothing is. */
  readonly isTakenOnFalling: boolean | undefined;
}

/** What is wired to the pins of ADBUS. */
export interface Wired {
  /** The chip moved its pins. @param hz its clock as it is set now */
  drive(driven: Driven, hz: number): void;

  /** The levels of the pins, as the chip reads them. */
  levels(driven: Driven): number;

  /** What comes meanwhile, from bit 7. Left out by what is moved bit by bit, with `drive`. */
  shift?(shift: Shift, driven: Driven): number;

  /** The chip lets go of all pins. */
  reset(): void;
}

/** Nothing at all: pulled up by the chip (data sheet section 3.4). */
export const unwired: Wired = {
  drive() {},
  levels: (driven) => levelsOf((pin) => driven(pin) ?? true),
  reset() {},
};

/** The byte of eight levels. */
export function levelsOf(levelOf: (pin: number) => boolean): number {
  let levels = 0;
  for (let pin = 0x01; pin <= 0x80; pin <<= 1) if (levelOf(pin)) levels |= pin;
  return levels;
}
