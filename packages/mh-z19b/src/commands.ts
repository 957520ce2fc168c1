/** The commands of the MH-Z19B, named as in the manual ("Commands"). */

/** The first byte of every command and of every answer. */
export const START = 0xff;
/** The second byte of every command: the sensor number, which is always 1. */
export const SENSOR = 0x01;
/** "Read CO2 concentration". */
export const READ_CONCENTRATION = 0x86;
/** "On/Off Self-calibration for Zero Point". */
export const SELF_CALIBRATION = 0x79;
export const SELF_CALIBRATION_ON = 0xa0;
export const SELF_CALIBRATION_OFF = 0x00;
/** "Detection range setting". */
export const DETECTION_RANGE = 0x99;
/** Every command and every answer has so many bytes. */
export const FRAME_BYTES = 9;
