/** From bytes to units, without I/O: linear interpolation between two factory points (DocID026333 rev. 4, section 8). */

/** The factory calibration, named as in the data sheet (8, table 19). */
export interface Calibration {
  /** %RH, 0 to 127.5 in steps of 0.5. */
  readonly H0_rH: number;
  readonly H1_rH: number;
  /** °C, 0 to 127.875 in steps of 0.125. */
  readonly T0_degC: number;
  readonly T1_degC: number;
  /** What the part measured at H0_rH; -32768 to 32767, as all that follow. */
  readonly H0_T0_OUT: number;
  /** At H1_rH. */
  readonly H1_T0_OUT: number;
  /** At T0_degC. */
  readonly T0_OUT: number;
  /** At T1_degC. */
  readonly T1_OUT: number;
}

/** What the converter measured. */
export interface RawSample {
  /** -32768 to 32767, as the other. */
  readonly H_OUT: number;
  readonly T_OUT: number;
}

/** @param calib registers 0x30 to 0x3F, 16 bytes; 0x34, 0x38 and 0x39 are reserved */
export function parseCalibration(calib: Uint8Array): Calibration {
  const view = viewOf(calib);
  // Register 0x35, T1/T0 msb: T1.9, T1.8, T0.9 and T0.8 in its lower four bits. The temperatures have no sign.
  const msb = view.getUint8(5);
  return {
    H0_rH: view.getUint8(0) / 2,
    H1_rH: view.getUint8(1) / 2,
    T0_degC: (((msb & 0b0011) << 8) | view.getUint8(2)) / 8,
    T1_degC: (((msb & 0b1100) << 6) | view.getUint8(3)) / 8,
    H0_T0_OUT: view.getInt16(6, true),
    H1_T0_OUT: view.getInt16(10, true),
    T0_OUT: view.getInt16(12, true),
    T1_OUT: view.getInt16(14, true),
  };
}

/** Whether lines go through the two points of each value: neither the values nor what was measured may be alike. */
export function isUsable(calibration: Calibration): boolean {
  const { H0_rH, H1_rH, T0_degC, T1_degC, H0_T0_OUT, H1_T0_OUT, T0_OUT, T1_OUT } = calibration;
  return H0_rH !== H1_rH && T0_degC !== T1_degC && H0_T0_OUT !== H1_T0_OUT && T0_OUT !== T1_OUT;
}

/** @param bytes registers 0x28 to 0x2B, 4 bytes */
export function parseSample(bytes: Uint8Array): RawSample {
  const view = viewOf(bytes);
  return { H_OUT: view.getInt16(0, true), T_OUT: view.getInt16(2, true) };
}

/**
 * @param H_OUT -32768 to 32767
 * @returns %RH, clipped to 0 to 100 as section 7.8 asks; `undefined` where both calibration points were measured
 *   alike, so that no line goes through them
 */
export function convertHumidity(H_OUT: number, calibration: Calibration): number | undefined {
  const { H0_T0_OUT, H1_T0_OUT, H0_rH, H1_rH } = calibration;
  const humidity = interpolate(H_OUT, H0_T0_OUT, H1_T0_OUT, H0_rH, H1_rH);
  return humidity === undefined ? undefined : Math.min(100, Math.max(0, humidity));
}

/**
 * @param T_OUT -32768 to 32767
 * @returns °C; `undefined` where both calibration points were measured alike
 */
export function convertTemperature(T_OUT: number, calibration: Calibration): number | undefined {
  const { T0_OUT, T1_OUT, T0_degC, T1_degC } = calibration;
  return interpolate(T_OUT, T0_OUT, T1_OUT, T0_degC, T1_degC);
}

/** The value at `x` on the line through (x0, y0) and (x1, y1); it goes on beyond both. */
function interpolate(x: number, x0: number, x1: number, y0: number, y1: number): number | undefined {
  if (x0 === x1) return undefined;
  return y0 + ((x - x0) * (y1 - y0)) / (x1 - x0);
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
