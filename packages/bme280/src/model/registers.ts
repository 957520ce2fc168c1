/** Registers, bits and times of the BME280 as its datasheet (BST-BME280-DS002) has them, and where the BMP280 differs. */

/** Which part: the BMP280 is the same without humidity. */
export type Bme280Chip = "bme280" | "bmp280";

/** Section 5.3, table 18. */
export const REGISTER = {
  calib00: 0x88,
  calib25: 0xa1,
  id: 0xd0,
  reset: 0xe0,
  calib26: 0xe1,
  calib41: 0xf0,
  ctrlHum: 0xf2,
  status: 0xf3,
  ctrlMeas: 0xf4,
  config: 0xf5,
  pressure: 0xf7,
  temperature: 0xfa,
  humidity: 0xfd,
} as const;

/** Section 5.4.1; BST-BMP280-DS001 section 4.3.1. */
export const CHIP_ID: Readonly<Record<Bme280Chip, number>> = { bme280: 0x60, bmp280: 0x58 };

/** Section 5.4.2: any other value has no effect. */
export const RESET_WORD = 0xb6;

/** Section 5.4.4. */
export const STATUS = { measuring: 0x08, imUpdate: 0x01 } as const;

/** Table 1, t_startup: the longest time until the NVM is copied. */
export const STARTUP_MS = 2;

/** Sections 5.4.3 and 5.4.5: times of oversampling by the three bits of osrs_h, osrs_p and osrs_t; 0 is skipped. */
export const OVERSAMPLING = [0, 1, 2, 4, 8, 16, 16, 16] as const;

/** Section 5.4.6: the filter's coefficient by its three bits. */
export const FILTER_COEFFICIENT = [1, 2, 4, 8, 16, 16, 16, 16] as const;

/** Section 5.4.6, and BST-BMP280-DS001 section 3.6.3: the standby time by the three bits of t_sb, in milliseconds. */
export const STANDBY_MS: Readonly<Record<Bme280Chip, readonly number[]>> = {
  bme280: [0.5, 62.5, 125, 250, 500, 1000, 10, 20],
  bmp280: [0.5, 62.5, 125, 250, 500, 1000, 2000, 4000],
};

/** Section 9.1, in microseconds, so that sums are exact. */
const MEASUREMENT_TIME = {
  typical: { base: 1000, sample: 2000, channel: 500 },
  maximum: { base: 1250, sample: 2300, channel: 575 },
} as const;

/** Which column of section 9.1 a simulated chip keeps to. */
export type MeasurementTime = keyof typeof MEASUREMENT_TIME;

/** How long one measurement takes, in milliseconds, from the times of oversampling of each channel. */
export function measurementMs(
  kind: MeasurementTime,
  oversampling: { readonly temperature: number; readonly pressure: number; readonly humidity: number },
): number {
  const { base, sample, channel } = MEASUREMENT_TIME[kind];
  const second = (times: number) => (times === 0 ? 0 : times * sample + channel);
  return (
    (base +
      oversampling.temperature * sample +
      second(oversampling.pressure) +
      second(oversampling.humidity)) /
    1000
  );
}
