import { describe, expect, test } from "vitest";
import {
  GPIO_GET_CHIPINFO_IOCTL,
  GPIO_V2_GET_LINE_IOCTL,
  GPIO_V2_GET_LINEINFO_IOCTL,
  GPIO_V2_LINE_GET_VALUES_IOCTL,
  GPIO_V2_LINE_SET_CONFIG_IOCTL,
  GPIO_V2_LINE_SET_VALUES_IOCTL,
} from "../src/gpio/constants.ts";
import {
  chipInfoSize,
  decodeChipInfo,
  decodeEvents,
  decodeLineInfo,
  decodeValues,
  descriptorOf,
  encodeLineConfig,
  encodeLineInfo,
  encodeLineRequest,
  encodeValues,
  lineEventSize,
  lineInfoSize,
} from "../src/gpio/structures.ts";

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const u32 = (bytes: Uint8Array, at: number) => viewOf(bytes).getUint32(at, isLittleEndian);
const u64 = (bytes: Uint8Array, at: number) => viewOf(bytes).getBigUint64(at, isLittleEndian);
const textAt = (bytes: Uint8Array, at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);

// asm-generic/ioctl.h: direction in bits 31..30, size in bits 29..16, type in bits 15..8, number in bits 7..0.
test.each([
  ["GPIO_GET_CHIPINFO_IOCTL", GPIO_GET_CHIPINFO_IOCTL, 2, 68, 0x01],
  ["GPIO_V2_GET_LINEINFO_IOCTL", GPIO_V2_GET_LINEINFO_IOCTL, 3, 256, 0x05],
  ["GPIO_V2_GET_LINE_IOCTL", GPIO_V2_GET_LINE_IOCTL, 3, 592, 0x07],
  ["GPIO_V2_LINE_SET_CONFIG_IOCTL", GPIO_V2_LINE_SET_CONFIG_IOCTL, 3, 272, 0x0d],
  ["GPIO_V2_LINE_GET_VALUES_IOCTL", GPIO_V2_LINE_GET_VALUES_IOCTL, 3, 16, 0x0e],
  ["GPIO_V2_LINE_SET_VALUES_IOCTL", GPIO_V2_LINE_SET_VALUES_IOCTL, 3, 16, 0x0f],
] as const)("%s", (_, request, direction, size, number) => {
  expect(request).toBe(direction * 2 ** 30 + size * 2 ** 16 + 0xb4 * 2 ** 8 + number);
});

describe("what is asked", () => {
  test("an input with all that it can have", () => {
    const config = { direction: "in", pull: "up", debounceMs: 25, initial: "high", edges: true } as const;
    const bytes = encodeLineConfig(config);
    expect(bytes).toHaveLength(272);
    // INPUT, EDGE_RISING, EDGE_FALLING, BIAS_PULL_UP.
    expect(u64(bytes, 0)).toBe(0b1_0011_0100n);
    expect(u32(bytes, 8)).toBe(1);
    // struct gpio_v2_line_config_attribute: DEBOUNCE, 25,000 µs, line 0.
    expect([u32(bytes, 32), u32(bytes, 40), u64(bytes, 48)]).toEqual([3, 25_000, 1n]);
    expect(bytes.subarray(56).every((byte) => byte === 0)).toBe(true);
  });

  test("an input that is left as it is", () => {
    const bytes = encodeLineConfig({ direction: "in", initial: "low", edges: false });
    expect([u64(bytes, 0), u32(bytes, 8)]).toEqual([0b100n, 0]);
  });

  test.each(["out", "in-out"] as const)("an output (%s), with the level that it begins with", (direction) => {
    const config = { direction, pull: "down", debounceMs: 5, initial: "high", edges: true } as const;
    const bytes = encodeLineConfig(config);
    // OUTPUT, BIAS_PULL_DOWN.
    expect(u64(bytes, 0)).toBe(0b10_0000_1000n);
    expect([u32(bytes, 8), u32(bytes, 32), u64(bytes, 40), u64(bytes, 48)]).toEqual([1, 2, 1n, 1n]);
    expect(u64(encodeLineConfig({ ...config, initial: "low" }), 40)).toBe(0n);
  });

  test("a request of one line", () => {
    const config = { direction: "in", initial: "low", edges: false } as const;
    const bytes = encodeLineRequest(17, "busbar-a-name-that-is-much-too-long-for-it", config);
    expect(bytes).toHaveLength(592);
    expect(u32(bytes, 0)).toBe(17);
    expect(new TextDecoder().decode(bytes.subarray(256, 288))).toBe("busbar-a-name-that-is-much-too-\0");
    expect(u64(bytes, 288)).toBe(0b100n);
    expect([u32(bytes, 560), u32(bytes, 564)]).toEqual([1, 1024]);
    viewOf(bytes).setInt32(588, -7, isLittleEndian);
    expect(descriptorOf(bytes)).toBe(-7);
  });

  test("a line's information, and its level", () => {
    expect(u32(encodeLineInfo(3), 64)).toBe(3);
    expect(encodeLineInfo(3)).toHaveLength(lineInfoSize);
    expect([u64(encodeValues("high"), 0), u64(encodeValues("low"), 0), u64(encodeValues("low"), 8)]).toEqual([
      1n,
      0n,
      1n,
    ]);
  });
});

describe("what is answered", () => {
  test("a chip", () => {
    const bytes = new Uint8Array(chipInfoSize);
    textAt(bytes, 0, "gpiochip0");
    textAt(bytes, 32, "pinctrl-bcm2711");
    viewOf(bytes).setUint32(64, 58, isLittleEndian);
    expect(decodeChipInfo(bytes)).toEqual({ name: "gpiochip0", label: "pinctrl-bcm2711", lines: 58 });
  });

  test("a line, whose texts may fill their fields", () => {
    const bytes = new Uint8Array(lineInfoSize).fill(0x41, 0, 32);
    textAt(bytes, 32, "led");
    expect(decodeLineInfo(bytes)).toEqual({ name: "A".repeat(32), consumer: "led" });
  });

  test("levels", () => {
    expect([decodeValues(encodeValues("high")), decodeValues(encodeValues("low"))]).toEqual(["high", "low"]);
  });

  test("edges, and no half of one", () => {
    const bytes = new Uint8Array(2 * lineEventSize + 47);
    viewOf(bytes).setBigUint64(0, 5_000_000_000_123n, isLittleEndian);
    viewOf(bytes).setUint32(8, 1, isLittleEndian);
    viewOf(bytes).setBigUint64(48, 5_000_000_000_456n, isLittleEndian);
    viewOf(bytes).setUint32(56, 2, isLittleEndian);
    expect(decodeEvents(bytes)).toEqual([
      { level: "high", timestampNs: 5_000_000_000_123n },
      { level: "low", timestampNs: 5_000_000_000_456n },
    ]);
  });
});
