/** Strings in the three encodings: CanonicalABI.md, `load_string_from_range` and `store_string_into_range`. */

import type { CallContext } from "../call-context.ts";
import { pointerAndLength } from "./elsewhere.ts";
import { trap, wrongType } from "./shape.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const utf16 = new TextDecoder("utf-16le", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Up to here a loop is faster than what sets a decoder up. */
const shortText = 24;
const scratch = new Uint8Array(shortText);
/** CanonicalABI.md, `UTF16_TAG`: how latin1+utf16 marks the length of a string in UTF-16. */
const utf16Tag = 0x80000000;
/** How many codes one call of `String.fromCharCode` takes, well within what engines can pass. */
const latin1Chunk = 4096;

/** The type `string`: a JavaScript string. */
export const text = pointerAndLength("string", 0, loadText, storeText);

function loadText(cx: CallContext, pointer: number, length: number): string {
  switch (cx.encoding) {
    case "utf8":
      return loadUtf8(cx, pointer, length);
    case "utf16":
      return loadUtf16(cx, pointer, length);
    default:
      return length >= utf16Tag ? loadUtf16(cx, pointer, length - utf16Tag) : loadLatin1(cx, pointer, length);
  }
}

function loadUtf8(cx: CallContext, pointer: number, length: number): string {
  cx.charge(pointer, length, 1);
  const { bytes } = cx;
  if (length <= shortText) {
    let value = "";
    let at = pointer;
    const end = pointer + length;
    for (; at < end; at += 1) {
      const byte = bytes[at]!;
      if (byte > 0x7f) break;
      value += String.fromCharCode(byte);
    }
    if (at === end) return value;
  }
  try {
    return utf8.decode(bytes.subarray(pointer, pointer + length));
  } catch {
    return trap("a string is not UTF-8");
  }
}

function loadUtf16(cx: CallContext, pointer: number, length: number): string {
  cx.charge(pointer, length * 2, 2);
  try {
    return utf16.decode(cx.bytes.subarray(pointer, pointer + length * 2));
  } catch {
    return trap("a string is not UTF-16");
  }
}

/** Not by the decoder of that name, which is windows-1252. */
function loadLatin1(cx: CallContext, pointer: number, length: number): string {
  cx.charge(pointer, length, 2);
  let value = "";
  for (let at = pointer; at < pointer + length; at += latin1Chunk) {
    const end = Math.min(at + latin1Chunk, pointer + length);
    value += String.fromCharCode(...cx.bytes.subarray(at, end));
  }
  return value;
}

function storeText(cx: CallContext, value: unknown): number {
  if (typeof value !== "string") wrongType("string", value);
  switch (cx.encoding) {
    case "utf8":
      return storeUtf8(cx, value);
    case "utf16":
      return storeUtf16(cx, value, 0);
    default:
      return isLatin1(value) ? storeLatin1(cx, value) : storeUtf16(cx, value, utf16Tag);
  }
}

function storeUtf8(cx: CallContext, value: string): number {
  const encoded = (value.length <= shortText && encodeShort(value)) || encoder.encode(value);
  const pointer = cx.allocate(1, encoded.length);
  cx.bytes.set(encoded, pointer);
  cx.storedLength = encoded.length;
  return pointer;
}

/** A short plain text; undefined where it is not plain. The result is good until the next call. */
function encodeShort(value: string): Uint8Array | undefined {
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code > 0x7f) return undefined;
    scratch[at] = code;
  }
  return scratch.subarray(0, value.length);
}

function storeUtf16(cx: CallContext, value: string, tag: number): number {
  // A lone surrogate becomes U+FFFD, as it does in UTF-8.
  const wellFormed = value.toWellFormed();
  const pointer = cx.allocate(2, wellFormed.length * 2);
  const { view } = cx;
  for (let at = 0; at < wellFormed.length; at += 1) {
    view.setUint16(pointer + at * 2, wellFormed.charCodeAt(at), true);
  }
  cx.storedLength = wellFormed.length + tag;
  return pointer;
}

function isLatin1(value: string): boolean {
  for (let at = 0; at < value.length; at += 1) if (value.charCodeAt(at) > 0xff) return false;
  return true;
}

function storeLatin1(cx: CallContext, value: string): number {
  const pointer = cx.allocate(2, value.length);
  const { bytes } = cx;
  for (let at = 0; at < value.length; at += 1) bytes[pointer + at] = value.charCodeAt(at);
  cx.storedLength = value.length;
  return pointer;
}
