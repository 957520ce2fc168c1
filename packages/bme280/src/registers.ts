/**
 * Addresses, values and fields of the BME280 and BMP280, spelled as in the data sheets. Section numbers are those of
 * BST-BME280-DS002-15; "BMP280" marks those of BST-BMP280-DS001-23.
 */

/** Register addresses (5.3, table 18). */
export const Register = {
  /** dig_T1 to dig_P9, a reserved byte and dig_H1: 26 bytes (4.2.2). On the BMP280 24: the last two are reserved. */
  CALIB00: 0x88,
  /** Which part this is (5.4.1). */
  ID: 0xd0,
  /** Write `RESET_COMMAND` here (5.4.2). */
  RESET: 0xe0,
  /** dig_H2 to dig_H6, 7 bytes (4.2.2). Not on the BMP280. */
  CALIB26: 0xe1,
  /** osrs_h (5.4.3). Not on the BMP280. */
  CTRL_HUM: 0xf2,
  /** measuring, im_update (5.4.4). */
  STATUS: 0xf3,
  /** osrs_t, osrs_p, mode (5.4.5). */
  CTRL_MEAS: 0xf4,
  /** t_sb, filter (5.4.6). */
  CONFIG: 0xf5,
  /** press, temp and hum follow each other: 8 bytes, 6 on the BMP280 (5.4.7 to 5.4.9). */
  PRESS_MSB: 0xf7,
} as const;

/** Contents of `ID` (5.4.1; BMP280 4.3.1). 0x56 and 0x57 are samples of the BMP280, which were sold as well. */
export const ChipId = { BME280: [0x60], BMP280: [0x58, 0x57, 0x56] } as const;

/** Makes the part do what it does at power-on (5.4.2). */
export const RESET_COMMAND = 0xb6;

/** Bits of `STATUS` (5.4.4). */
export const Status = {
  /** A conversion is running. */
  MEASURING: 0b0000_1000,
  /** The calibration is being copied from NVM to the registers. */
  IM_UPDATE: 0b0000_0001,
} as const;

/** `CTRL_MEAS` mode[1:0] (5.4.5, table 25). */
export const Mode = { SLEEP: 0b00, FORCED: 0b01, NORMAL: 0b11 } as const;

/** osrs_h, osrs_p and osrs_t (5.4.3, table 20; 5.4.5, tables 23 and 24). */
export const Oversampling = { off: 0b000, 1: 0b001, 2: 0b010, 4: 0b011, 8: 0b100, 16: 0b101 } as const;

/** `CTRL_MEAS`: where osrs_t[2:0] and osrs_p[2:0] start (5.4.5, table 22). */
export const CtrlMeasShift = { OSRS_T: 5, OSRS_P: 2 } as const;

/** `CONFIG` filter[2:0] (5.4.6, table 28). */
export const Filter = { off: 0b000, 2: 0b001, 4: 0b010, 8: 0b011, 16: 0b100 } as const;

/** `CONFIG` t_sb[2:0] by milliseconds, of the BME280 (5.4.6, table 27). */
export const StandbyBME280 = {
  0.5: 0b000,
  62.5: 0b001,
  125: 0b010,
  250: 0b011,
  500: 0b100,
  1000: 0b101,
  10: 0b110,
  20: 0b111,
} as const;

/** `CONFIG` t_sb[2:0] by milliseconds, of the BMP280: the last two differ (BMP280 3.6.3, table 11). */
export const StandbyBMP280 = {
  0.5: 0b000,
  62.5: 0b001,
  125: 0b010,
  250: 0b011,
  500: 0b100,
  1000: 0b101,
  2000: 0b110,
  4000: 0b111,
} as const;

/** `CONFIG`: where t_sb[2:0] and filter[2:0] start (5.4.6, table 26). */
export const ConfigShift = { T_SB: 5, FILTER: 2 } as const;

/** What the data registers hold when a measurement was skipped (5.4.3, table 20; 5.4.5, tables 23 and 24). */
export const Skipped = { PRESSURE: 0x80000, TEMPERATURE: 0x80000, HUMIDITY: 0x8000 } as const;
