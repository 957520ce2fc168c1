import { expect, test } from "vitest";
import { fakeBoard, type GuestImports } from "./fakes.ts";

const file = { devices: { indoor: { driver: "guest", i2c: { bus: 1, address: "0x76" } } } };

test("a driver's warning names its device, is cut, and is safe to show", async () => {
  const { board, events } = await fakeBoard(file, {
    guest: (imports: GuestImports) => ({
      read: () => {
        imports["busbar:board/log"].warn("GET MAX LUN\u001b[2J failed");
        imports["busbar:board/log"].warn("x".repeat(100_000));
        return Float64Array.of(0);
      },
    }),
  });
  await (await board.sensor("indoor")).read();
  const warnings = events.filter((event) => event.kind === "warning");
  expect(warnings).toEqual([
    {
      kind: "warning",
      device: "indoor",
      startMs: expect.any(Number),
      message: "GET MAX LUN\\u{1b}[2J failed",
    },
    { kind: "warning", device: "indoor", startMs: expect.any(Number), message: `${"x".repeat(500)}…` },
  ]);
});
