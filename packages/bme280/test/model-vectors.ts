import vectors from "./vectors/bme280.json" with { type: "json" };

/** One chip of test/vectors/bme280.json, with its registers as bytes. */
export const cases = vectors.cases.map(({ name, input, decoded, recomputed_double }) => ({
  name,
  calibration: {
    from88: bytes(input.registers_0x88_0xA1),
    fromE1: bytes(input.registers_0xE1_0xE7),
  },
  data: bytes(input.registers_0xF7_0xFE),
  decoded: decoded.calibration,
  raw: { temperature: decoded.adc_T, pressure: decoded.adc_P, humidity: decoded.adc_H },
  reading: {
    temperature: recomputed_double.temperature_C,
    pressure: recomputed_double.pressure_Pa,
    humidity: recomputed_double.humidity_RH,
  },
}));

/** Bytes of hexadecimal text; white space is ignored. */
export function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));
}
