/**
 * Commands, fields and the display RAM of the HT16K33, spelled as in the data sheet ("HT16K33 RAM Mapping 16*8 LED
 * Controller Driver with keyscan", revision 1.10, "Command Summary"). A command is one byte; its upper half says which.
 */

/** "Display data Address pointer": the lower half is the address, and the bytes that follow are written from there. */
export const DISPLAY_DATA = 0x00;

/** Bytes of display RAM: 16 rows by 8 commons. */
export const DISPLAY_RAM_LENGTH = 16;

/** "System setup": S starts or stops the oscillator. Stopped is standby: nothing is shown. */
export const SystemSetup = { STANDBY: 0x20, OSCILLATOR_ON: 0x21 } as const;

/** "ROW/INT set": the pin ROW15/INT drives a row, as it does at power-on, and is no interrupt. */
export const ROW_OUTPUT = 0xa0;

/** "Display setup": D switches the display on, B1 and B0 make it blink. */
export const DisplaySetup = { OFF: 0x80, ON: 0x81 } as const;

/** "Display setup": B1 and B0 by the rate in hertz. */
export const Blink = { 0: 0b000, 2: 0b010, 1: 0b100, 0.5: 0b110 } as const;

/** "Dimming set": the lower half is the duty in sixteenths, less one. */
export const DIMMING = 0xe0;

/** Where each of the four digits is in the display RAM, from the left (Adafruit 0.56" backpack: COM0, 1, 3 and 4). */
export const DIGIT_ADDRESSES = [0x00, 0x02, 0x06, 0x08] as const;

/** The colon between digits 1 and 2 (the same backpack: COM2, ROW1). */
export const Colon = { ADDRESS: 0x04, BIT: 0b0000_0010 } as const;
