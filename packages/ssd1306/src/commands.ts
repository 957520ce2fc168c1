/**
 * Commands of the SSD1306, spelled as in the data sheet: "SSD1306, Advance Information, 128 x 64 Dot Matrix OLED/PLED Segment/Common Driver with
 * Controller", Solomon Systech, revision 1.1, April 2008, section 9, and its "Application Note, Charge Pump Settings". A parameter is a byte
 * that follows.
 */

/** The bytes that are commands. */
export const Command = {
  /** "Set Memory Addressing Mode" (10.1.3); its parameter. */
  MEMORY_ADDRESSING_MODE: 0x20,
  /** "Set Column Address" (10.1.4): first and last column. */
  COLUMN_ADDRESS: 0x21,
  /** "Set Page Address" (10.1.5): first and last page. */
  PAGE_ADDRESS: 0x22,
  /** "Deactivate Scroll" (10.2.3). */
  DEACTIVATE_SCROLL: 0x2e,
  /** "Set Display Start Line" to row 0 (10.1.6). */
  DISPLAY_START_LINE: 0x40,
  /** "Set Contrast Control for BANK0" (10.1.7): 0 to 255. */
  CONTRAST: 0x81,
  /** "Charge Pump Setting" (application note, 3): its parameter is one of `ChargePump`. */
  CHARGE_PUMP: 0x8d,
  /** "Set Segment Re-map" (10.1.8): column 0 is at SEG0, or at SEG127. */
  SEGMENT_NORMAL: 0xa0,
  SEGMENT_REMAPPED: 0xa1,
  /** "Entire Display ON" that shows the RAM (10.1.9). */
  DISPLAY_FOLLOWS_RAM: 0xa4,
  /** "Set Normal/Inverse Display" (10.1.10). */
  NORMAL_DISPLAY: 0xa6,
  INVERSE_DISPLAY: 0xa7,
  /** "Set Multiplex Ratio" (10.1.11): rows less 1. */
  MULTIPLEX_RATIO: 0xa8,
  /** "Set Display ON/OFF" (10.1.12). */
  DISPLAY_OFF: 0xae,
  DISPLAY_ON: 0xaf,
  /** "Set COM Output Scan Direction" (10.1.14): row 0 is at COM0, or at the last COM. */
  COM_SCAN_NORMAL: 0xc0,
  COM_SCAN_REMAPPED: 0xc8,
  /** "Set Display Offset" (10.1.15). */
  DISPLAY_OFFSET: 0xd3,
  /** "Set Display Clock Divide Ratio/Oscillator Frequency" (10.1.16). */
  CLOCK_DIVIDE_RATIO: 0xd5,
  /** "Set Pre-charge Period" (10.1.17): phase 1 in bits 3 to 0, phase 2 in bits 7 to 4, in clocks. */
  PRE_CHARGE_PERIOD: 0xd9,
  /** "Set COM Pins Hardware Configuration" (10.1.18): one of `ComPins`. */
  COM_PINS: 0xda,
  /** "Set VCOMH Deselect Level" (10.1.19). */
  VCOMH_DESELECT_LEVEL: 0xdb,
  /** "NOP" (10.1.20). */
  NOP: 0xe3,
} as const;

/** `MEMORY_ADDRESSING_MODE`: from the last column of a window to the first of its next page (10.1.3). */
export const HORIZONTAL_ADDRESSING = 0x00;

/** `CHARGE_PUMP`. It starts with the next `DISPLAY_ON`. */
export const ChargePump = { DISABLED: 0x10, ENABLED: 0x14 } as const;

/** `COM_PINS`: how the rows of the glass are wired to the COM pins (table 10-3). */
export const ComPins = { sequential: 0x02, alternative: 0x12 } as const;

/** `CLOCK_DIVIDE_RATIO` after reset: not divided, middle frequency. */
export const CLOCK_DEFAULT = 0x80;

/** `PRE_CHARGE_PERIOD`: after reset, and as the application note has it for the charge pump (figure 3, "SW initialization"). */
export const PreCharge = { external: 0x22, "charge-pump": 0xf1 } as const;

/** `VCOMH_DESELECT_LEVEL` after reset: about 0.77 of VCC. */
export const VCOMH_DEFAULT = 0x20;

/** The first byte of an I2C message: Co is 0, so that all others are of one sort, which D/C# says (8.1.5.2). */
export const ControlByte = { COMMANDS: 0x00, DATA: 0x40 } as const;
