/** Values of WIT as text, with WIT's own names. */

/** Longer lists of bytes are told by their beginning and their length. */
const mostBytes = 32;

/**
 * A value of one of the two interfaces, as text.
 *
 * @returns bytes in hexadecimal, "0x0102"; a variant as "value(1)", a record as "{bus-number: 1}", a handle as "handle"
 */
export function valueText(value: unknown): string {
  if (value === undefined) return "none";
  if (typeof value !== "object" || value === null) return String(value);
  // Not instanceof: StarlingMonkey's are of another realm.
  if (ArrayBuffer.isView(value)) return bytesText(value as Uint8Array);
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (Symbol.dispose in value) return "handle";
  if ("tag" in value) {
    const tag = String(value.tag);
    return "val" in value && value.val !== undefined ? `${tag}(${valueText(value.val)})` : tag;
  }
  const fields = Object.entries(value).map(([name, each]) => `${kebabCase(name)}: ${valueText(each)}`);
  return `{${fields.join(", ")}}`;
}

/** "delay-ns" as JavaScript has it: "delayNs". */
export function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function bytesText(bytes: Uint8Array): string {
  if (bytes.length === 0) return "no bytes";
  const digits = Array.from(bytes.subarray(0, mostBytes), (byte) => byte.toString(16).padStart(2, "0"));
  const shown = `0x${digits.join("")}`;
  return bytes.length > mostBytes ? `${shown}... of ${bytes.length} bytes` : shown;
}
