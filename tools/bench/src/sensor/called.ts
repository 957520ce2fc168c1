import { openBoard } from "@busbar/host-node";
import { type Connection, getTemperature } from "@busbar/i2c-echo";
import { simulate } from "@busbar/sim";
import tmp102 from "@busbar/tmp102/model";
import { alternate, type Cost } from "../measure.ts";
import { SkippingClock } from "./board.ts";

/** What the component exports, as a program calls it. */
interface I2cEcho {
  readonly thermometer: { getTemperature(connection: object): number };
}

const chip = { i2c: "sim", address: 0x48, model: "tmp102" } as const;

/**
 * The published benchmark's shape: one call of a function that is given its handle, by the component and by the same
 * function in plain JavaScript, on the same kind of bus.
 */
export async function calledCosts(component: string): Promise<Record<"component" | "plain", Cost>> {
  await using board = await openBoard(
    {
      devices: { outside: { driver: component, i2c: { bus: "sim", address: chip.address } } },
      simulate: [chip],
    },
    { simulate, clock: new SkippingClock() },
  );
  const outside = await board.component<I2cEcho>("outside");
  const { getTemperature: called } = outside.exports.thermometer;
  const bus = simulate([chip], new SkippingClock(), new Map([["tmp102", tmp102]])).openI2c("sim")!;
  const connection: Connection = {
    write: (address, data) => void bus.transaction(address, [{ kind: "write", data }]),
    writeRead: (address, data, length) =>
      bus.transaction(address, [
        { kind: "write", data },
        { kind: "read", length: Number(length) },
      ])[0]!,
  };
  return await alternate(
    { component: () => called(outside.i2c), plain: () => getTemperature(connection) },
    30,
    500,
  );
}
