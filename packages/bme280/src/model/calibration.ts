/** The trimming parameters of one chip, BST-BME280-DS002 table 16, named without the datasheet's `dig_`. */
export interface Bme280Calibration {
  readonly T1: number;
  readonly T2: number;
  readonly T3: number;
  readonly P1: number;
  readonly P2: number;
  readonly P3: number;
  readonly P4: number;
  readonly P5: number;
  readonly P6: number;
  readonly P7: number;
  readonly P8: number;
  readonly P9: number;
  readonly H1: number;
  readonly H2: number;
  readonly H3: number;
  readonly H4: number;
  readonly H5: number;
  readonly H6: number;
}

/** The same as the chip's registers hold it. */
export interface Bme280CalibrationRegisters {
  /** 0x88 to 0xA1: 26 bytes, of which 0xA0 means nothing. */
  readonly from88: Uint8Array;
  /** 0xE1 to 0xE7: 7 bytes. */
  readonly fromE1: Uint8Array;
}

/** How many bits each parameter has, and whether it is signed. */
export const CALIBRATION_RANGES: Readonly<Record<keyof Bme280Calibration, readonly [number, number]>> = {
  T1: unsigned(16),
  T2: signed(16),
  T3: signed(16),
  P1: unsigned(16),
  P2: signed(16),
  P3: signed(16),
  P4: signed(16),
  P5: signed(16),
  P6: signed(16),
  P7: signed(16),
  P8: signed(16),
  P9: signed(16),
  H1: unsigned(8),
  H2: signed(16),
  H3: unsigned(8),
  H4: signed(12),
  H5: signed(12),
  H6: signed(8),
};

/**
 * A plausible chip. Temperature and pressure are those of the worked example in Bosch's BMP280 datasheet
 * (BST-BMP280-DS001 section 3.12): adc_T 519888 and adc_P 415148 are 25.08 °C and 100653 Pa.
 */
export const DEFAULT_CALIBRATION: Bme280Calibration = {
  T1: 27504,
  T2: 26435,
  T3: -1000,
  P1: 36477,
  P2: -10685,
  P3: 3024,
  P4: 2855,
  P5: 140,
  P6: -7,
  P7: 15500,
  P8: -14600,
  P9: 6000,
  H1: 75,
  H2: 355,
  H3: 0,
  H4: 340,
  H5: 50,
  H6: 30,
};

/** The 16-bit words from 0x88 on, in their order; T1 and P1 are the unsigned ones. */
const WORDS = ["T1", "T2", "T3", "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9"] as const;

/** What the chip's registers hold for these parameters. */
export function encodeCalibration(calibration: Bme280Calibration): Bme280CalibrationRegisters {
  const from88 = new Uint8Array(26);
  const low = new DataView(from88.buffer);
  for (const [index, name] of WORDS.entries()) low.setInt16(2 * index, calibration[name], true);
  from88[0xa1 - 0x88] = calibration.H1;

  const fromE1 = new Uint8Array(7);
  const high = new DataView(fromE1.buffer);
  high.setInt16(0, calibration.H2, true);
  high.setUint8(2, calibration.H3);
  // H4 and H5 share 0xE5: its low half is H4[3:0], its high half is H5[3:0].
  high.setUint8(3, calibration.H4 >> 4);
  high.setUint8(4, (calibration.H4 & 0x0f) | ((calibration.H5 & 0x0f) << 4));
  high.setUint8(5, calibration.H5 >> 4);
  high.setInt8(6, calibration.H6);
  return { from88, fromE1 };
}

/** The parameters that the chip's registers mean. */
export function decodeCalibration({ from88, fromE1 }: Bme280CalibrationRegisters): Bme280Calibration {
  const low = new DataView(from88.buffer, from88.byteOffset, from88.byteLength);
  const high = new DataView(fromE1.buffer, fromE1.byteOffset, fromE1.byteLength);
  const word = (name: (typeof WORDS)[number]) => low.getInt16(2 * WORDS.indexOf(name), true);
  const halves = high.getUint8(4);
  return {
    T1: word("T1") & 0xffff,
    T2: word("T2"),
    T3: word("T3"),
    P1: word("P1") & 0xffff,
    P2: word("P2"),
    P3: word("P3"),
    P4: word("P4"),
    P5: word("P5"),
    P6: word("P6"),
    P7: word("P7"),
    P8: word("P8"),
    P9: word("P9"),
    H1: low.getUint8(0xa1 - 0x88),
    H2: high.getInt16(0, true),
    H3: high.getUint8(2),
    H4: high.getInt8(3) * 16 + (halves & 0x0f),
    H5: high.getInt8(5) * 16 + (halves >> 4),
    H6: high.getInt8(6),
  };
}

function unsigned(bits: number): readonly [number, number] {
  return [0, 2 ** bits - 1];
}

function signed(bits: number): readonly [number, number] {
  return [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}
