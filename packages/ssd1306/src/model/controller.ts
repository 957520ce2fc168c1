/** The controller of an SSD1306: its commands, and the display RAM. Data sheet revision 1.1, sections 8.5, 8.7, 9 and 10. */

/** Columns of the RAM: SEG0 to SEG127. */
export const SEGMENTS = 128;
/** Rows of the RAM: COM0 to COM63. */
export const COMS = 64;
const PAGES = COMS / 8;

/** How many parameters follow a command (table 9-1; 0x8D: application note); none where it is not here. */
const PARAMETERS: Readonly<Record<number, number>> = {
  ...{ 32: 1, 33: 2, 34: 2, 38: 6, 39: 6, 41: 5, 42: 5, 129: 1, 141: 1, 163: 2 },
  ...{ 168: 1, 211: 1, 213: 1, 217: 1, 218: 1, 219: 1 },
};

/** What section 8.5 says of a reset, and table 9-1 of each command after one. */
function afterReset() {
  return {
    addressing: "page" as "horizontal" | "vertical" | "page",
    firstColumn: 0,
    lastColumn: SEGMENTS - 1,
    firstPage: 0,
    lastPage: PAGES - 1,
    /** Where the next byte goes. */
    column: 0,
    page: 0,
    startLine: 0,
    offset: 0,
    contrast: 0x7f,
    isSegmentRemapped: false,
    isComRemapped: false,
    /** Rows that are scanned. */
    rows: COMS,
    areComPinsAlternative: true,
    areComPinsSwapped: false,
    isOn: false,
    isInverse: false,
    isEntirelyOn: false,
    isPumpEnabled: false,
    isPumping: false,
  };
}

/**
 * What comes over the wires, whichever these are. A command whose parameters do not come takes the next bytes of any later message for
 * them. Scrolling is understood and not shown; clocks, levels of voltage and pre-charging show nowhere.
 */
export class Controller {
  /** By page, one byte for each segment: the upper row is bit 0. */
  readonly ram: Uint8Array;
  #state = afterReset();
  #command: { readonly code: number; readonly parameters: number[] } | undefined;

  /** @param ram what the RAM holds at power-on: 1024 bytes */
  constructor(ram: Uint8Array) {
    this.ram = ram;
  }

  /** What shows. */
  get state(): Readonly<ReturnType<typeof afterReset>> {
    return this.#state;
  }

  /** RES# is low. The RAM keeps what it has. */
  reset(): void {
    this.#state = afterReset();
    this.#command = undefined;
  }

  /** A byte with D/C# high. "Data already stored in GDDRAM have no changes" by a later re-map (10.1.8): it counts here. */
  data(byte: number): void {
    const state = this.#state;
    const segment = state.isSegmentRemapped ? SEGMENTS - 1 - state.column : state.column;
    this.ram[state.page * SEGMENTS + segment] = byte;
    if (state.addressing === "horizontal") {
      if (this.#nextColumn()) this.#nextPage();
    } else if (state.addressing === "vertical") {
      if (this.#nextPage()) this.#nextColumn();
    } else {
      // "The page address pointer is not changed" (10.1.3).
      this.#nextColumn();
    }
  }

  /** A byte with D/C# low. */
  command(byte: number): void {
    const command = this.#command ?? { code: byte, parameters: [] };
    if (this.#command !== undefined) command.parameters.push(byte);
    const isWhole = command.parameters.length === (PARAMETERS[command.code] ?? 0);
    this.#command = isWhole ? undefined : command;
    if (isWhole) this.#run(command.code, command.parameters);
  }

  /** @returns whether it has begun again from the first */
  #nextColumn(): boolean {
    const state = this.#state;
    const isLast = state.column === state.lastColumn;
    state.column = isLast ? state.firstColumn : (state.column + 1) % SEGMENTS;
    return isLast;
  }

  /** @returns whether it has begun again from the first */
  #nextPage(): boolean {
    const state = this.#state;
    const isLast = state.page === state.lastPage;
    state.page = isLast ? state.firstPage : (state.page + 1) % PAGES;
    return isLast;
  }

  #run(code: number, [first = 0, second = 0]: readonly number[]): void {
    const state = this.#state;
    if (code === 0x20)
      state.addressing = (["horizontal", "vertical", "page"] as const)[first & 3] ?? state.addressing;
    else if (code === 0x21) {
      state.firstColumn = first & 0x7f;
      state.lastColumn = second & 0x7f;
      state.column = state.firstColumn;
    } else if (code === 0x22) {
      state.firstPage = first & 7;
      state.lastPage = second & 7;
      state.page = state.firstPage;
    } else if (code === 0x81) state.contrast = first;
    else if (code === 0x8d) state.isPumpEnabled = (first & 0x04) !== 0;
    // "Multiplex ratio: from 16MUX to 64MUX"; less is invalid (table 9-1).
    else if (code === 0xa8) state.rows = (first & 0x3f) < 15 ? state.rows : (first & 0x3f) + 1;
    else if (code === 0xd3) state.offset = first & 0x3f;
    else if (code === 0xda) {
      state.areComPinsAlternative = (first & 0x10) !== 0;
      state.areComPinsSwapped = (first & 0x20) !== 0;
    } else this.#runPlain(code);
  }

  /** Those whose code says all. */
  #runPlain(code: number): void {
    const state = this.#state;
    if (code <= 0x0f) state.column = (state.column & 0x70) | code;
    else if (code <= 0x1f) state.column = (state.column & 0x0f) | ((code & 0x07) << 4);
    else if (code >= 0x40 && code <= 0x7f) state.startLine = code & 0x3f;
    else if (code >= 0xb0 && code <= 0xb7) state.page = code & 7;
    else if (code === 0xa0 || code === 0xa1) state.isSegmentRemapped = code === 0xa1;
    else if (code === 0xa4 || code === 0xa5) state.isEntirelyOn = code === 0xa5;
    else if (code === 0xa6 || code === 0xa7) state.isInverse = code === 0xa7;
    else if (code >= 0xc0 && code <= 0xcf) state.isComRemapped = (code & 0x08) !== 0;
    else if (code === 0xae || code === 0xaf) {
      state.isOn = code === 0xaf;
      // "8Dh; 14h; AFh": the pump begins with the display (application note).
      state.isPumping = state.isOn && state.isPumpEnabled;
    }
  }
}
