import { expect, test } from "vitest";
import { OpenBoard } from "../src/board/open.ts";
import { parseBoard } from "../src/board/parse.ts";
import { FakeBus, FakeClock, fakeArtifact } from "./fakes.ts";

const indoor = { driver: "guest", i2c: { bus: 1, address: "0x76" } };
const stick = { driver: "guest", usb: { vendorId: "0x2341", interfaces: [0] } };
const services = {
  clock: new FakeClock(),
  loadComponent: async () => fakeArtifact(() => ({ read: () => Float64Array.of(21) })),
};
const i2c = [{ name: "fake", openI2c: () => new FakeBus() }];

test("a board with a bus that the platform does not have is refused by name, edited live as well", async () => {
  const refused = {
    code: "board",
    message:
      '"devices.stick" is wired by "usb", which this host does not have; run this board on a host that has it.',
  };
  const devices = { indoor, stick };
  await expect(OpenBoard.open(parseBoard({ devices }), { ...services, i2c })).rejects.toMatchObject(refused);
  await using board = await OpenBoard.open(parseBoard({ devices: { indoor } }), { ...services, i2c });
  await expect(board.update({ devices })).rejects.toMatchObject(refused);
  expect(Object.keys(board.board.devices)).toEqual(["indoor"]);
});

test("a platform that has the bus, and nothing on it, opens the board", async () => {
  await using board = await OpenBoard.open(parseBoard({ devices: { indoor } }), { ...services, i2c: [] });
  await expect(board.sensor("indoor")).rejects.toThrow("there is no I2C bus 1 (asked no I2C backend)");
});
