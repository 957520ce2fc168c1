/** The bits of an adapter's functionality, linux/i2c.h, as i2cdetect -F lists them; names without `I2C_FUNC_`. */
const bits: readonly (readonly [bit: number, name: string])[] = [
  [0x0000_0001, "I2C"],
  [0x0000_0002, "10BIT_ADDR"],
  [0x0000_0004, "PROTOCOL_MANGLING"],
  [0x0000_0008, "SMBUS_PEC"],
  [0x0000_0010, "NOSTART"],
  [0x0000_0020, "SLAVE"],
  [0x0000_8000, "SMBUS_BLOCK_PROC_CALL"],
  [0x0001_0000, "SMBUS_QUICK"],
  [0x0002_0000, "SMBUS_READ_BYTE"],
  [0x0004_0000, "SMBUS_WRITE_BYTE"],
  [0x0008_0000, "SMBUS_READ_BYTE_DATA"],
  [0x0010_0000, "SMBUS_WRITE_BYTE_DATA"],
  [0x0020_0000, "SMBUS_READ_WORD_DATA"],
  [0x0040_0000, "SMBUS_WRITE_WORD_DATA"],
  [0x0080_0000, "SMBUS_PROC_CALL"],
  [0x0100_0000, "SMBUS_READ_BLOCK_DATA"],
  [0x0200_0000, "SMBUS_WRITE_BLOCK_DATA"],
  [0x0400_0000, "SMBUS_READ_I2C_BLOCK"],
  [0x0800_0000, "SMBUS_WRITE_I2C_BLOCK"],
  [0x1000_0000, "SMBUS_HOST_NOTIFY"],
];

/** The names of the bits that are set: "I2C", "SMBUS_QUICK". */
export function functionNames(functionality: number): readonly string[] {
  return bits.filter(([bit]) => (functionality & bit) !== 0).map(([, name]) => name);
}

/** The operations in short, reading and writing together: "I2C, SMBus quick, byte, byte data". */
export function describeFunctions(functionality: number): string {
  const names = functionNames(functionality).filter((name) => /^SMBUS_(?!PEC|HOST)/.test(name));
  const operations = names.map((name) =>
    name
      .replace(/^SMBUS_(READ_|WRITE_)?/, "")
      .replaceAll("_", " ")
      .toLowerCase()
      .replace("i2c", "I2C"),
  );
  const parts = [...new Set(operations)];
  const i2c = (functionality & 1) === 0 ? [] : ["I2C"];
  return [...i2c, ...(parts.length > 0 ? [`SMBus ${parts.join(", ")}`] : [])].join("; ");
}
