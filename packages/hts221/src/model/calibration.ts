/** The factory calibration of an HTS221, as DocID026333 section 8, table 19, has it. */
export interface Hts221Calibration {
  /** Twice the humidity of the first and second point, in %RH: 0 to 255. */
  readonly H0_rH_x2: number;
  readonly H1_rH_x2: number;
  /** Eight times the temperature of the first and second point, in °C: 0 to 1023. */
  readonly T0_degC_x8: number;
  readonly T1_degC_x8: number;
  /** The outputs at these points: -32768 to 32767. */
  readonly H0_T0_OUT: number;
  readonly H1_T0_OUT: number;
  readonly T0_OUT: number;
  readonly T1_OUT: number;
}

/** What each value can be. */
export const CALIBRATION_RANGES: Readonly<Record<keyof Hts221Calibration, readonly [number, number]>> = {
  H0_rH_x2: [0, 0xff],
  H1_rH_x2: [0, 0xff],
  T0_degC_x8: [0, 0x3ff],
  T1_degC_x8: [0, 0x3ff],
  H0_T0_OUT: [-0x8000, 0x7fff],
  H1_T0_OUT: [-0x8000, 0x7fff],
  T0_OUT: [-0x8000, 0x7fff],
  T1_OUT: [-0x8000, 0x7fff],
};

/** A plausible chip: points at 30 and 70 %RH, 20 and 36 °C, and the sensitivities of table 3. */
export const DEFAULT_CALIBRATION: Hts221Calibration = {
  H0_rH_x2: 60,
  H1_rH_x2: 140,
  T0_degC_x8: 160,
  T1_degC_x8: 288,
  H0_T0_OUT: 120,
  H1_T0_OUT: -10_120,
  T0_OUT: -14,
  T1_OUT: 1010,
};

/** Registers 0x30 to 0x3F: 16 bytes. */
export function encodeCalibration(values: Hts221Calibration): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes[0x0] = values.H0_rH_x2;
  bytes[0x1] = values.H1_rH_x2;
  bytes[0x2] = values.T0_degC_x8 % 256;
  bytes[0x3] = values.T1_degC_x8 % 256;
  bytes[0x5] = Math.floor(values.T0_degC_x8 / 256) + 4 * Math.floor(values.T1_degC_x8 / 256);
  for (const [offset, value] of [
    [0x6, values.H0_T0_OUT],
    [0xa, values.H1_T0_OUT],
    [0xc, values.T0_OUT],
    [0xe, values.T1_OUT],
  ] as const) {
    bytes[offset] = value & 0xff;
    bytes[offset + 1] = (value >> 8) & 0xff;
  }
  return bytes;
}

/** The reverse of {@link encodeCalibration}; reserved registers and bits are ignored. */
export function decodeCalibration(bytes: Uint8Array): Hts221Calibration {
  const byte = (register: number) => bytes[register - 0x30]!;
  const signed = (low: number) => {
    const value = byte(low) + 256 * byte(low + 1);
    return value < 0x8000 ? value : value - 0x10000;
  };
  return {
    H0_rH_x2: byte(0x30),
    H1_rH_x2: byte(0x31),
    T0_degC_x8: byte(0x32) + 256 * (byte(0x35) % 4),
    T1_degC_x8: byte(0x33) + 256 * (Math.floor(byte(0x35) / 4) % 4),
    H0_T0_OUT: signed(0x36),
    H1_T0_OUT: signed(0x3a),
    T0_OUT: signed(0x3c),
    T1_OUT: signed(0x3e),
  };
}

/** What the output registers hold. */
export interface Hts221Raw {
  /** -32768 to 32767. */
  readonly temperature: number;
  readonly humidity: number;
}

/**
 * The outputs that a chip of this calibration has at a temperature and a humidity: the line of section 8, the other
 * way round. What is beyond 16 bits stays at their end.
 *
 * @param physical °C, %RH
 * @returns undefined where the calibration has no such line
 */
export function rawFromPhysical(
  values: Hts221Calibration,
  physical: { readonly temperature: number; readonly humidity: number },
): Hts221Raw | undefined {
  const { T0_degC_x8, T1_degC_x8, T0_OUT, T1_OUT, H0_rH_x2, H1_rH_x2, H0_T0_OUT, H1_T0_OUT } = values;
  const temperatureShare = (8 * physical.temperature - T0_degC_x8) / (T1_degC_x8 - T0_degC_x8);
  const humidityShare = (2 * physical.humidity - H0_rH_x2) / (H1_rH_x2 - H0_rH_x2);
  if (!Number.isFinite(temperatureShare) || !Number.isFinite(humidityShare)) return undefined;
  return {
    temperature: within16Bits((1 - temperatureShare) * T0_OUT + temperatureShare * T1_OUT),
    humidity: within16Bits((1 - humidityShare) * H0_T0_OUT + humidityShare * H1_T0_OUT),
  };
}

function within16Bits(value: number): number {
  return Math.min(0x7fff, Math.max(-0x8000, Math.round(value)));
}
