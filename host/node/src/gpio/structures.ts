/** The C structures of `linux/gpio.h` as bytes: they have no pointers, and one layout on every architecture. */

import { endianness } from "node:os";
import type { GpioDirection, GpioLevel } from "@busbar/host/backend";
import {
  GPIO_MAX_NAME_SIZE,
  GPIO_V2_LINE_ATTR_ID_DEBOUNCE,
  GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES,
  GPIO_V2_LINE_EVENT_RISING_EDGE,
  GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN,
  GPIO_V2_LINE_FLAG_BIAS_PULL_UP,
  GPIO_V2_LINE_FLAG_EDGE_FALLING,
  GPIO_V2_LINE_FLAG_EDGE_RISING,
  GPIO_V2_LINE_FLAG_INPUT,
  GPIO_V2_LINE_FLAG_OUTPUT,
} from "./constants.ts";

/** `struct gpiochip_info`. */
export interface ChipInfo {
  /** The kernel's name: "gpiochip0". */
  readonly name: string;
  /** The driver's name for it: "pinctrl-bcm2711"; not necessarily unique. */
  readonly label: string;
  /** How many lines it has. */
  readonly lines: number;
}

/** `struct gpio_v2_line_info`. */
export interface LineInfo {
  /** "GPIO17"; empty where it has none. Not necessarily unique. */
  readonly name: string;
  /** Who has it, as that says; empty where nobody does. */
  readonly consumer: string;
}

/** `struct gpio_v2_line_config` of one line. */
export interface LineConfig {
  readonly direction: GpioDirection;
  readonly pull?: "up" | "down" | undefined;
  readonly debounceMs?: number | undefined;
  /** Of an output. */
  readonly initial: GpioLevel;
  /** Whether an input tells of its edges. */
  readonly edges: boolean;
}

/** `struct gpio_v2_line_event`. */
export interface LineEvent {
  readonly level: GpioLevel;
  /** CLOCK_MONOTONIC. */
  readonly timestampNs: bigint;
}

export const chipInfoSize = 68;
export const lineInfoSize = 256;
export const lineConfigSize = 272;
export const lineRequestSize = 592;
export const lineValuesSize = 16;
export const lineEventSize = 48;

const isLittleEndian = endianness() === "LE";

/** Edges that the kernel keeps of a line that nobody reads; then the newest of 16 stay by default. GPIO_V2_LINES_MAX times 16 is the most. */
const eventBufferSize = 1024;

/** Reads `struct gpiochip_info`. */
export function decodeChipInfo(bytes: Uint8Array): ChipInfo {
  return {
    name: text(bytes, 0),
    label: text(bytes, GPIO_MAX_NAME_SIZE),
    lines: viewOf(bytes).getUint32(2 * GPIO_MAX_NAME_SIZE, isLittleEndian),
  };
}

/** The question of `GPIO_V2_GET_LINEINFO_IOCTL`: name[32], consumer[32], offset, and what the kernel fills. */
export function encodeLineInfo(offset: number): Uint8Array {
  const bytes = new Uint8Array(lineInfoSize);
  viewOf(bytes).setUint32(2 * GPIO_MAX_NAME_SIZE, offset, isLittleEndian);
  return bytes;
}

/** Its answer. */
export function decodeLineInfo(bytes: Uint8Array): LineInfo {
  return { name: text(bytes, 0), consumer: text(bytes, GPIO_MAX_NAME_SIZE) };
}

/** `struct gpio_v2_line_config`: flags u64, num_attrs u32, padding[5], attrs[10] of id u32, padding u32, value 8 bytes, mask u64. */
export function encodeLineConfig(config: LineConfig): Uint8Array {
  const { direction, pull, debounceMs, initial, edges } = config;
  const bytes = new Uint8Array(lineConfigSize);
  const view = viewOf(bytes);
  let flags = direction === "in" ? GPIO_V2_LINE_FLAG_INPUT : GPIO_V2_LINE_FLAG_OUTPUT;
  if (direction === "in" && edges) flags |= GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING;
  if (pull === "up") flags |= GPIO_V2_LINE_FLAG_BIAS_PULL_UP;
  if (pull === "down") flags |= GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN;
  view.setBigUint64(0, BigInt(flags), isLittleEndian);

  let attributes = 0;
  const firstAttribute = 32;
  const attributeSize = 24;
  const add = (id: number, write: (at: number) => void) => {
    const at = firstAttribute + attributes * attributeSize;
    attributes += 1;
    view.setUint32(at, id, isLittleEndian);
    write(at + 8);
    // Which of the lines it is about: the only one.
    view.setBigUint64(at + 16, 1n, isLittleEndian);
  };
  if (direction !== "in") {
    add(GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES, (at) =>
      view.setBigUint64(at, initial === "high" ? 1n : 0n, isLittleEndian),
    );
  } else if (debounceMs !== undefined) {
    add(GPIO_V2_LINE_ATTR_ID_DEBOUNCE, (at) => view.setUint32(at, debounceMs * 1000, isLittleEndian));
  }
  view.setUint32(8, attributes, isLittleEndian);
  return bytes;
}

/** `struct gpio_v2_line_request` of one line: offsets[64], consumer[32], config, num_lines, event_buffer_size, padding[5], fd. */
export function encodeLineRequest(offset: number, consumer: string, config: LineConfig): Uint8Array {
  const bytes = new Uint8Array(lineRequestSize);
  const view = viewOf(bytes);
  view.setUint32(0, offset, isLittleEndian);
  // Cut where the kernel would: it wants the 0 at the end.
  new TextEncoder().encodeInto(consumer, bytes.subarray(256, 256 + GPIO_MAX_NAME_SIZE - 1));
  bytes.set(encodeLineConfig(config), 288);
  view.setUint32(560, 1, isLittleEndian);
  // An output with an open drain becomes an input later; the kernel makes the buffer when it first looks for edges.
  view.setUint32(564, eventBufferSize, isLittleEndian);
  return bytes;
}

/** The descriptor that the kernel put into a request. */
export function descriptorOf(request: Uint8Array): number {
  return viewOf(request).getInt32(588, isLittleEndian);
}

/** `struct gpio_v2_line_values`: bits u64, and mask u64 of the only line. */
export function encodeValues(level: GpioLevel): Uint8Array {
  const bytes = new Uint8Array(lineValuesSize);
  const view = viewOf(bytes);
  view.setBigUint64(0, level === "high" ? 1n : 0n, isLittleEndian);
  view.setBigUint64(8, 1n, isLittleEndian);
  return bytes;
}

/** The level of the only line. */
export function decodeValues(bytes: Uint8Array): GpioLevel {
  return (viewOf(bytes).getBigUint64(0, isLittleEndian) & 1n) === 1n ? "high" : "low";
}

/** Events one after the other: timestamp_ns u64, id u32, and 36 bytes that say nothing of one line by itself. Half of one is none. */
export function decodeEvents(bytes: Uint8Array): LineEvent[] {
  const view = viewOf(bytes);
  return Array.from({ length: Math.floor(bytes.length / lineEventSize) }, (_, index) => {
    const at = index * lineEventSize;
    const isRising = view.getUint32(at + 8, isLittleEndian) === GPIO_V2_LINE_EVENT_RISING_EDGE;
    return { level: isRising ? "high" : "low", timestampNs: view.getBigUint64(at, isLittleEndian) };
  });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A text with a 0 at its end. */
function text(bytes: Uint8Array, at: number): string {
  const field = bytes.subarray(at, at + GPIO_MAX_NAME_SIZE);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end === -1 ? field : field.subarray(0, end));
}
