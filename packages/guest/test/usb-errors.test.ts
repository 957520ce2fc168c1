import { describe, expect, test } from "vitest";
import { DriverError, type LibusbError, UsbFault, usbFault } from "../src/index.ts";

/** As both engines throw what the host answers. */
function thrown(payload: unknown): Error {
  return Object.assign(new Error("see payload"), { payload });
}

describe("what component:usb throws", () => {
  test.each<[LibusbError, string]>([
    ["io", "bus"],
    ["invalid-param", "invalid-argument"],
    ["access", "access-denied"],
    ["no-device", "disconnected"],
    ["not-found", "protocol"],
    ["busy", "access-denied"],
    ["timeout", "timeout"],
    ["overflow", "bus"],
    ["pipe", "protocol"],
    ["interrupted", "disconnected"],
    ["no-mem", "bus"],
    ["not-supported", "unsupported"],
    ["other", "bus"],
  ])("%s becomes %s, and keeps its code", (code, tag) => {
    const error = usbFault(thrown(code), "reading 8 bytes from endpoint 0x81");
    expect(error).toBeInstanceOf(UsbFault);
    expect(error).toMatchObject({ code, payload: { tag }, cause: { payload: code } });
    expect(error.message).toContain("reading 8 bytes from endpoint 0x81");
  });

  test("an overflow says so", () => {
    expect(usbFault(thrown("overflow"), "reading").payload).toMatchObject({ val: { kind: "overrun" } });
  });

  test("a DriverError stays what it is", () => {
    const error = DriverError.protocol("wrong signature");
    expect(usbFault(error, "reading")).toBe(error);
  });

  test.each([[thrown("toString")], [thrown({ tag: "io" })], [new TypeError("a bug")], [undefined]])(
    "%s is a bug, and thrown on",
    (bug) => {
      let seen: unknown;
      try {
        usbFault(bug, "reading");
      } catch (error) {
        seen = error;
      }
      expect(seen).toBe(bug);
    },
  );
});
