// ECMA-262 25.3, without 64-bit integers, which would be BigInts.

install(globalThis, {
  DataView: class {
    constructor(buffer, byteOffset = 0, byteLength = buffer.byteLength - byteOffset) {
      this.buffer = buffer;
      this.byteOffset = byteOffset;
      this.byteLength = byteLength;
      this.bytes = new Uint8Array(buffer, byteOffset, byteLength);
    }

    getUint8(at) {
      return this.read(at, 1);
    }

    getInt8(at) {
      return (this.read(at, 1) << 24) >> 24;
    }

    getUint16(at, isLittle) {
      return this.read(at, 2, isLittle);
    }

    getInt16(at, isLittle) {
      return (this.read(at, 2, isLittle) << 16) >> 16;
    }

    getUint32(at, isLittle) {
      return this.read(at, 4, isLittle);
    }

    getInt32(at, isLittle) {
      return this.read(at, 4, isLittle) | 0;
    }

    getFloat32(at, isLittle) {
      return new Float32Array(this.piece(at, 4, isLittle).buffer)[0];
    }

    getFloat64(at, isLittle) {
      return new Float64Array(this.piece(at, 8, isLittle).buffer)[0];
    }

    setUint8(at, value) {
      this.write(at, value, 1);
    }

    setInt8(at, value) {
      this.write(at, value, 1);
    }

    setUint16(at, value, isLittle) {
      this.write(at, value, 2, isLittle);
    }

    setInt16(at, value, isLittle) {
      this.write(at, value, 2, isLittle);
    }

    setUint32(at, value, isLittle) {
      this.write(at, value, 4, isLittle);
    }

    setInt32(at, value, isLittle) {
      this.write(at, value, 4, isLittle);
    }

    setFloat32(at, value, isLittle) {
      this.put(at, new Uint8Array(Float32Array.of(value).buffer), isLittle);
    }

    setFloat64(at, value, isLittle) {
      this.put(at, new Uint8Array(Float64Array.of(value).buffer), isLittle);
    }

    read(at, size, isLittle) {
      this.check(at, size);
      let value = 0;
      for (let index = 0; index < size; index += 1)
        value = value * 256 + this.bytes[at + (isLittle ? size - 1 - index : index)];
      return value;
    }

    write(at, value, size, isLittle) {
      this.check(at, size);
      for (let index = 0; index < size; index += 1)
        this.bytes[at + (isLittle ? index : size - 1 - index)] = value >> (8 * index);
    }

    /** Bytes in the order that the processor has, which is the little one. */
    piece(at, size, isLittle) {
      this.check(at, size);
      const bytes = $elements(this.bytes.subarray(at, at + size));
      return new Uint8Array(isLittle ? bytes : bytes.reverse());
    }

    put(at, bytes, isLittle) {
      this.check(at, bytes.length);
      this.bytes.set(isLittle ? bytes : $elements(bytes).reverse(), at);
    }

    check(at, size) {
      if (!(at >= 0 && at + size <= this.byteLength)) throw new RangeError("this is outside of the DataView");
    }
  },
});
