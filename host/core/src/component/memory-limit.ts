/**
 * Puts an upper limit on the memory that a core module declares, so that a driver cannot take all of a small machine:
 * the engine then refuses `memory.grow` past it, which a host could not do from outside.
 *
 * Source: WebAssembly Core Specification 5.5.8 (memory section) and 5.3.8 (limits).
 */

/** The size of one page of WebAssembly memory in bytes. */
export const pageSize = 65_536;

const memorySection = 5;

/**
 * Returns the module with the maximum of each declared memory set to at most `maximumPages`.
 *
 * @param module a core module that the engine has not seen yet; a malformed one is returned as it is, for the
 *   engine to refuse
 * @returns `module` itself where it declares no memory
 * @throws RangeError when a memory starts larger than the limit; the message has the pages it needs
 */
export function limitMemory(module: Uint8Array<ArrayBuffer>, maximumPages: number): Uint8Array<ArrayBuffer> {
  let position = 8;
  while (position < module.length) {
    const id = module[position];
    const size = readUnsigned(module, position + 1);
    if (size === undefined) return module;
    if (id === memorySection) {
      const contents = limitSection(module.subarray(size.next, size.next + size.value), maximumPages);
      if (contents === undefined) return module;
      return concatenate([
        module.subarray(0, position),
        Uint8Array.of(memorySection, ...writeUnsigned(contents.length), ...contents),
        module.subarray(size.next + size.value),
      ]);
    }
    position = size.next + size.value;
  }
  return module;
}

function limitSection(section: Uint8Array, maximumPages: number): number[] | undefined {
  const count = readUnsigned(section, 0);
  if (count === undefined) return undefined;
  const contents = writeUnsigned(count.value);
  let position = count.next;
  for (let memory = 0; memory < count.value; memory += 1) {
    const flags = section[position];
    // Bit 0: there is a maximum; bit 1: shared; bit 2: 64-bit. No driver has use for the last two.
    if (flags === undefined || flags > 1) return undefined;
    const minimum = readUnsigned(section, position + 1);
    if (minimum === undefined) return undefined;
    const declared = flags === 1 ? readUnsigned(section, minimum.next) : minimum;
    if (declared === undefined) return undefined;
    if (minimum.value > maximumPages) throw new RangeError(`${minimum.value}`);
    const maximum = flags === 1 ? Math.min(declared.value, maximumPages) : maximumPages;
    contents.push(1, ...writeUnsigned(minimum.value), ...writeUnsigned(maximum));
    position = declared.next;
  }
  return contents;
}

function readUnsigned(bytes: Uint8Array, start: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if ((byte & 0x80) === 0) return { value, next: start + index + 1 };
  }
  return undefined;
}

function writeUnsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}
