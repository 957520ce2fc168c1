/**
 * A second, independent way from registers to units: each field cut out of one large number, and the point between two
 * others as a fraction of whole numbers, which is divided only once.
 */

/** The value of `width` bits from bit `position` on, counted from the lowest bit of the first byte. */
function field(registers: readonly number[], position: number, width: number): bigint {
  const all = registers.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
  return BigInt.asUintN(width, all >> BigInt(position));
}

const unsigned = (registers: readonly number[], register: number) =>
  field(registers, (register - 0x30) * 8, 8);
const signed = (registers: readonly number[], register: number) =>
  BigInt.asIntN(16, field(registers, (register - 0x30) * 8, 16));

/** y at x, where y is `scale` times too large; `undefined` for a division by zero. */
function between(
  x: bigint,
  x0: bigint,
  x1: bigint,
  y0: bigint,
  y1: bigint,
  scale: bigint,
): number | undefined {
  if (x1 === x0) return undefined;
  return Number(y0 * (x1 - x) + y1 * (x - x0)) / Number((x1 - x0) * scale);
}

/** %RH, not clipped. @param calib registers 0x30 to 0x3F */
export function exactHumidity(H_OUT: number, calib: readonly number[]): number | undefined {
  const [x0, x1] = [signed(calib, 0x36), signed(calib, 0x3a)];
  return between(BigInt(H_OUT), x0, x1, unsigned(calib, 0x30), unsigned(calib, 0x31), 2n);
}

/** °C. @param calib registers 0x30 to 0x3F */
export function exactTemperature(T_OUT: number, calib: readonly number[]): number | undefined {
  const [x0, x1] = [signed(calib, 0x3c), signed(calib, 0x3e)];
  const msb = (0x35 - 0x30) * 8;
  const y0 = unsigned(calib, 0x32) + 256n * field(calib, msb, 2);
  const y1 = unsigned(calib, 0x33) + 256n * field(calib, msb + 2, 2);
  return between(BigInt(T_OUT), x0, x1, y0, y1, 8n);
}
