/** An I2C adapter on USB that is pulled out while a board runs on it, and plugged in again: on every host. */
import type { DeviceError, Sensor } from "@busbar/host";
import { attachI2cAdapter, waitFor } from "@busbar/lab/guest";
import { expect, it } from "vitest";
import { type BoardUnderTest, boardFile, describeOn, hosts, times } from "./hosts.ts";
import { driver } from "./native-program.ts";
import { SLOW_LIMITS } from "./support.ts";

describeOn(hosts, "an adapter that is pulled out", (host) => {
  const chip = { address: 0x48, model: "tmp102", temperature: 21.5 };

  const rounds = times(host, 3);

  it(`${rounds} times fails with what the bus says, and is used again when it is back`, {
    timeout: 300_000,
  }, async () => {
    let adapter = await attachI2cAdapter([chip]);
    const bus = adapter.busNumber;
    const entry = { driver: driver("tmp102"), i2c: { bus, address: 0x48 }, limits: SLOW_LIMITS };
    const board: BoardUnderTest = await host.open(await boardFile({ devices: { outside: entry } }));
    await using _ = board;
    let sensor: Sensor = await board.sensor("outside");
    for (let round = 0; round < rounds; round += 1) {
      expect(await sensor.read()).toEqual({ temperature: 21.5 });
      // The kernel lets go of it once the host does.
      const leaving = adapter.detach();
      const failure = await waitFor("let the reading fail", () =>
        sensor.read().then(
          () => undefined,
          (error: DeviceError) => error,
        ),
      );
      expect(failure).toMatchObject({ payload: { tag: "bus" } });
      await leaving;
      await sensor[Symbol.asyncDispose]().catch(() => undefined);
      await expect(board.sensor("outside")).rejects.toMatchObject({ payload: { tag: "bus" } });
      adapter = await attachI2cAdapter([chip]);
      expect(adapter.busNumber).toBe(bus);
      sensor = await board.sensor("outside");
    }
    expect(await sensor.read()).toEqual({ temperature: 21.5 });
    await board[Symbol.asyncDispose]();
    await adapter.detach();
  });
});
