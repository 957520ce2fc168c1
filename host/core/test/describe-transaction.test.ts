import { expect, test } from "vitest";
import { describeTransaction } from "../src/board/event.ts";

const common = { device: "indoor", startMs: 0, durationMs: 1 };
const usb = { kind: "usb", ...common, busNumber: 1, deviceAddress: 2 } as const;
const bytes = (length: number) => new Uint8Array(length);

test("an I2C transaction by its operations", () => {
  const operations = [
    { kind: "write", data: bytes(1) },
    { kind: "read", length: 8 },
  ] as const;
  const event = { kind: "i2c", ...common, bus: 1, address: 0x76, operations } as const;
  expect(describeTransaction(event)).toBe("write 1, read 8");
});

test("an SPI transaction by its operations, of which a few are enough", () => {
  const operations = [
    { kind: "write", data: bytes(1) },
    { kind: "delay", ns: 500 },
    { kind: "read", length: 8 },
    { kind: "transfer", data: bytes(3) },
  ] as const;
  const event = { kind: "spi", ...common, bus: 0, chipSelect: 1 } as const;
  expect(describeTransaction({ ...event, operations })).toBe("write 1, delay 500 ns, read 8, transfer 3");
  const many = Array.from({ length: 20 }, () => ({ kind: "read", length: 2 }) as const);
  const described = `${Array.from({ length: 16 }, () => "read 2").join(", ")}, and 4 more`;
  expect(describeTransaction({ ...event, operations: many })).toBe(described);
});

test("a USB transfer by its endpoint, with what it may receive or what it sends", () => {
  const request = { type: "bulk", endpoint: 0x81, data: bytes(0), length: 512, timeoutMs: 0 } as const;
  expect(describeTransaction({ ...usb, request })).toBe("bulk transfer on 0x81, 512 bytes");
  const sent = { ...request, endpoint: 0x02, data: bytes(31), length: 0 };
  expect(describeTransaction({ ...usb, request: sent })).toBe("bulk transfer on 0x02, 31 bytes");
});

test("a control transfer by its setup packet", () => {
  const setup = { bmRequestType: 0x81, bRequest: 6, wValue: 0x2200, wIndex: 0, wLength: 64 };
  const request = { type: "control", endpoint: 0, setup, data: bytes(0), length: 64, timeoutMs: 0 } as const;
  expect(describeTransaction({ ...usb, request })).toBe("control transfer 0x81 0x06 0x2200 0x00, 64 bytes");
});

test("what was done with a GPIO line by its name, its state and its level", () => {
  const line = { kind: "gpio", ...common, chip: 0, line: 17, name: "ready" } as const;
  const state = { level: "low", state: "active" } as const;
  expect(describeTransaction({ ...line, operation: "edge", ...state })).toBe("edge ready active (low)");
  const error = { code: { tag: "hardware-fault" }, message: "gone" } as const;
  expect(describeTransaction({ ...line, operation: "read", error })).toBe("read ready");
});

test("what was done with a serial port by how many bytes it moved, or the speed that it set", () => {
  const port = { kind: "uart", ...common, port: "ttyUSB0" } as const;
  expect(describeTransaction({ ...port, operation: "write", data: bytes(9) })).toBe("write 9");
  expect(describeTransaction({ ...port, operation: "read", data: bytes(0) })).toBe("read 0");
  expect(describeTransaction({ ...port, operation: "set-baud-rate", baudRate: 38_400 })).toBe(
    "set-baud-rate 38400",
  );
  const error = { code: { tag: "framing" }, message: "no stop bit" } as const;
  expect(describeTransaction({ ...port, operation: "read", error })).toBe("read");
});

test("one of a bus that this host does not know by that bus", () => {
  expect(describeTransaction({ kind: "can", ...common })).toBe("a transaction on can");
});
