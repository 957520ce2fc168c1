/**
 * Addresses, values and fields of the HTS221, spelled as in the data sheet, DocID026333 rev. 4. Section numbers are
 * the data sheet's.
 */

/** Register addresses (6, table 14). */
export const Register = {
  /** Which part this is (7.1). */
  WHO_AM_I: 0x0f,
  /** AVGT, AVGH (7.2). */
  AV_CONF: 0x10,
  /** PD, BDU, ODR (7.3). */
  CTRL_REG1: 0x20,
  /** BOOT, Heater, ONE_SHOT (7.4). */
  CTRL_REG2: 0x21,
  /** DRDY_H_L, PP_OD, DRDY_EN (7.5). */
  CTRL_REG3: 0x22,
  /** H_DA, T_DA (7.6). */
  STATUS_REG: 0x27,
  /** HUMIDITY_OUT and TEMP_OUT follow each other: 4 bytes (7.7 to 7.10). */
  HUMIDITY_OUT_L: 0x28,
  /** The factory calibration: 16 bytes (8, table 19). */
  CALIB_0: 0x30,
} as const;

/** Set in a register's address, it makes the part go on to the next register after each byte (5.1.1). */
export const AUTO_INCREMENT = 0x80;

/** Contents of `WHO_AM_I` (7.1). */
export const DEVICE_ID = 0xbc;

/** `AV_CONF` AVGT[2:0], by how many temperature samples are averaged (7.2, table 16). */
export const TemperatureAverage = {
  2: 0b000,
  4: 0b001,
  8: 0b010,
  16: 0b011,
  32: 0b100,
  64: 0b101,
  128: 0b110,
  256: 0b111,
} as const;

/** `AV_CONF` AVGH[2:0], by how many humidity samples are averaged (7.2, table 16). */
export const HumidityAverage = {
  4: 0b000,
  8: 0b001,
  16: 0b010,
  32: 0b011,
  64: 0b100,
  128: 0b101,
  256: 0b110,
  512: 0b111,
} as const;

/** `AV_CONF`: where AVGT[2:0] starts (7.2). */
export const AVGT_SHIFT = 3;

/** Bits of `CTRL_REG1` (7.3). */
export const CtrlReg1 = {
  /** Active; where it is not set, the part is powered down. */
  PD: 0b1000_0000,
  /** Low and high byte of an output always belong to one sample. */
  BDU: 0b0000_0100,
} as const;

/** `CTRL_REG1` ODR[1:0] by hertz (7.3, table 17). */
export const OutputDataRate = { 1: 0b01, 7: 0b10, 12.5: 0b11 } as const;

/** `CTRL_REG1` ODR[1:0]: a sample only for each `ONE_SHOT` (7.3, table 17). */
export const ONE_SHOT_RATE = 0b00;

/** Bits of `CTRL_REG2` (7.4). */
export const CtrlReg2 = {
  /** Copies the factory trimming from flash; back to 0 at the end. */
  BOOT: 0b1000_0000,
  /** The heating element is on. */
  HEATER: 0b0000_0010,
  /** Starts one measurement; back to 0 at its end. */
  ONE_SHOT: 0b0000_0001,
} as const;

/** Bits of `CTRL_REG3`, of the pin DRDY (7.5). */
export const CtrlReg3 = {
  /** Active low; active high where it is not set. */
  DRDY_H_L: 0b1000_0000,
  /** Open drain; push-pull where it is not set. */
  PP_OD: 0b0100_0000,
  /** The pin says when a new set of values is there; it says nothing where this is not set. */
  DRDY_EN: 0b0000_0100,
} as const;

/** Bits of `STATUS_REG`, each cleared by reading the high byte of its output (7.6). */
export const Status = {
  /** A new humidity is there. */
  H_DA: 0b10,
  /** A new temperature is there. */
  T_DA: 0b01,
} as const;
