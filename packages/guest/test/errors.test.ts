import { describe, expect, test } from "vitest";
import { boardFault, type DeviceError, DriverError, exported, i2cFault } from "../src/index.ts";

/** What a guest catches when a host function fails: an Error with the WIT value in `payload`. */
const hostError = (payload: unknown) =>
  Object.assign(new Error("[object Object] (see error.payload)"), { payload });

const caught = (body: () => unknown): unknown => {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

describe("DriverError", () => {
  const constructors: [DriverError, DeviceError][] = [
    [DriverError.notFound("a"), { tag: "not-found", val: "a" }],
    [DriverError.accessDenied("b"), { tag: "access-denied", val: "b" }],
    [DriverError.wrongDevice("c"), { tag: "wrong-device", val: "c" }],
    [DriverError.bus("overrun", "d"), { tag: "bus", val: { kind: "overrun", message: "d" } }],
    [DriverError.timeout("e"), { tag: "timeout", val: "e" }],
    [DriverError.protocol("f"), { tag: "protocol", val: "f" }],
    [DriverError.invalidArgument("g"), { tag: "invalid-argument", val: "g" }],
    [DriverError.unsupported("h"), { tag: "unsupported", val: "h" }],
    [DriverError.disconnected("i"), { tag: "disconnected", val: "i" }],
  ];

  test.each(constructors)("%s has exactly the WIT value as its own payload", (error, payload) => {
    expect(error).toBeInstanceOf(Error);
    expect(Object.hasOwn(error, "payload")).toBe(true);
    expect(error.payload).toStrictEqual(payload);
  });

  test("there is a constructor for each of the nine cases", () => {
    expect(new Set(constructors.map(([error]) => error.payload.tag)).size).toBe(9);
  });

  test("the message is for people, the cause is kept", () => {
    const cause = new Error("deeper");
    const error = DriverError.bus("no-acknowledge-address", "reading 1 byte from register 0xD0", { cause });
    expect(error.message).toBe(
      "reading 1 byte from register 0xD0: nothing acknowledged the address; check wiring, power and address",
    );
    expect(error.cause).toBe(cause);
    expect(DriverError.timeout("Too slow.").message).toBe("Too slow.");
  });
});

describe("i2cFault", () => {
  test.each([
    [{ tag: "bus" }, "bus"],
    [{ tag: "arbitration-loss" }, "arbitration-loss"],
    [{ tag: "no-acknowledge", val: "address" }, "no-acknowledge-address"],
    [{ tag: "no-acknowledge", val: "data" }, "no-acknowledge-data"],
    [{ tag: "no-acknowledge", val: "unknown" }, "no-acknowledge"],
    [{ tag: "overrun" }, "overrun"],
    [{ tag: "other" }, "other"],
  ])("maps error-code %o to kind %s", (code, kind) => {
    const cause = hostError(code);
    const error = i2cFault(cause, "reading");
    expect(error.payload).toStrictEqual({ tag: "bus", val: { kind, message: "reading" } });
    expect(error.cause).toBe(cause);
  });

  test("needs no Error of its own realm", () => {
    const foreign = { __proto__: null, message: "from another realm", payload: { tag: "bus" } };
    expect(i2cFault(foreign, "reading").payload.tag).toBe("bus");
  });

  test("returns a DriverError as it is", () => {
    const error = DriverError.protocol("a");
    expect(i2cFault(error, "reading")).toBe(error);
  });

  test.each([
    new TypeError("resource has been disposed"),
    hostError(undefined),
    hostError("bus"),
    hostError(null),
    hostError({ tag: "no-acknowledge" }),
    hostError({ tag: "no-acknowledge", val: "nobody" }),
    hostError({ tag: "constructor" }),
    hostError({ tag: 1 }),
    "text",
    undefined,
  ])("lets anything else pass, because it is a bug: %o", (error) => {
    expect(caught(() => i2cFault(error, "reading"))).toBe(error);
  });
});

describe("boardFault", () => {
  test.each(["not-found", "access-denied"] as const)("maps %s", (tag) => {
    const cause = hostError({ tag, val: "Add it to the board file." });
    const error = boardFault(cause);
    expect(error.payload).toStrictEqual({ tag, val: "Add it to the board file." });
    expect(error.cause).toBe(cause);
  });

  test.each([new TypeError("bug"), hostError({ tag: "other" }), hostError({ tag: "not-found" })])(
    "lets anything else pass: %o",
    (error) => expect(caught(() => boardFault(error))).toBe(error),
  );
});

describe("exported", () => {
  test("returns what the body returns", () => {
    expect(exported(() => 7)).toBe(7);
  });

  test("throws the plain WIT value of a DriverError", () => {
    const error = DriverError.timeout("a");
    expect(caught(() => exported(() => raise(error)))).toBe(error.payload);
  });

  test.each([new TypeError("bug"), hostError({ tag: "bus" }), { tag: "timeout", val: "no DriverError" }])(
    "turns a bug into something that no engine takes for a WIT error: %o",
    (bug) => {
      const error = caught(() => exported(() => raise(bug)));
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toHaveProperty("payload");
      expect((error as Error).cause).toBe(bug);
    },
  );
});

function raise(error: unknown): never {
  throw error;
}
