/** What a BME280 or BMP280 with the calibration of the data sheet's worked example answers. */

import type { ExpectedTransaction } from "@busbar/guest/playback";

/** "1d6e ad66" as bytes. */
export function bytes(hexText: string): number[] {
  return Array.from(hexText.matchAll(/[\da-f]{2}/gi), ([byte]) => Number.parseInt(byte, 16));
}

/** BMP280 3.12: dig_T1 27504 to dig_P9 6000; then dig_H1 75. */
export const calib00 = bytes("706b 4367 18fc 7d8e 43d6 d00b 270b 8c00 f9ff 8c3c f8c6 7017 00 4b");
/** dig_H2 338, dig_H3 0, dig_H4 380, dig_H5 50, dig_H6 30. */
export const calib26 = bytes("5201 00 17 2c 03 1e");
/** BMP280 3.12: adc_P 415148, adc_T 519888; adc_H 35181. */
export const data = bytes("655ac0 7eed00 896d");

/** What those are in °C, Pa and %RH. */
export const sample = { temperature: 25.08247793, pressure: 100653.25814, humidity: 56.02041965 };

const ready: ExpectedTransaction = { write: [0xf3], read: [0x00] };

/** What must happen when a BME280 is opened in forced mode with the default options. */
export function openBME280({ config = 0b101_000_00, ctrlHum = 0b001 } = {}): ExpectedTransaction[] {
  return [
    { write: [0xd0], read: [0x60] },
    { write: [0xe0, 0xb6] },
    ready,
    // Twice, because one could be garbled.
    { write: [0x88], read: calib00 },
    { write: [0xe1], read: calib26 },
    { write: [0x88], read: calib00 },
    { write: [0xe1], read: calib26 },
    { write: [0xf5, config] },
    { write: [0xf2, ctrlHum] },
  ];
}

/** The same for a BMP280, which has no humidity. */
export function openBMP280({ config = 0b101_000_00 } = {}): ExpectedTransaction[] {
  return [
    { write: [0xd0], read: [0x58] },
    { write: [0xe0, 0xb6] },
    ready,
    { write: [0x88], read: calib00.slice(0, 24) },
    { write: [0x88], read: calib00.slice(0, 24) },
    { write: [0xf5, config] },
  ];
}

/** A reading in forced mode. */
export function readForced({ ctrlMeas = 0b001_001_01, read = data } = {}): ExpectedTransaction[] {
  return [{ write: [0xf4, ctrlMeas] }, ready, { write: [0xf7], read }];
}
