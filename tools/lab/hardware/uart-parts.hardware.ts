/**
 * The components of parts on serial lines, behind pseudo terminals: each byte goes through the kernel's line discipline. The host on WAMR has
 * no serial ports.
 */
import { Pty, PtyPart } from "@busbar/contract";
import co2 from "@busbar/mh-z19b/model";
import gps from "@busbar/nmea-gps/model";
import dust from "@busbar/pms5003/model";
import { expect, test } from "vitest";
import { boardFile, describeOn, wholeHosts } from "./hosts.ts";
import { driver } from "./native-program.ts";
import { SLOW_LIMITS } from "./support.ts";

describeOn(wholeHosts, "through the kernel's line discipline", (host) => {
  test("mh-z19b, nmea-gps and pms5003 measure, again and again", async () => {
    using air = new PtyPart((clock) => co2.create({ co2: 4711 }, clock));
    using sky = new PtyPart((clock) => gps.create({ latitude: -33.5, intervalMs: 1000 }, clock));
    using room = new PtyPart((clock) => dust.create({ pm25: 255 }, clock));
    const limits = SLOW_LIMITS;
    const listen = { direction: "read" } as const;
    const path = await boardFile({
      devices: {
        air: { driver: driver("mh-z19b"), uart: { port: air.port }, limits },
        sky: { driver: driver("nmea-gps"), uart: { port: sky.port, ...listen }, limits },
        room: { driver: driver("pms5003"), uart: { port: room.port, ...listen }, limits },
      },
    });
    await using board = await host.open(path);
    for (let count = 0; count < 3; count += 1) {
      expect(await (await board.sensor("air")).read()).toEqual({ co2: 4711 });
      expect((await (await board.sensor("sky")).read()).latitude).toBeCloseTo(-33.5, 6);
      expect(await (await board.sensor("room")).read()).toMatchObject({ "pm2.5": 255 });
    }
  });

  test("uart-port sends and receives all bytes, and is gone when it is pulled out", async () => {
    const pty = new Pty();
    const uart = { port: pty.port, baudRate: 115_200 };
    const path = await boardFile({
      devices: { console: { driver: driver("uart-port"), uart, limits: SLOW_LIMITS } },
    });
    await using board = await host.open(path);
    const port = await board.serialPort("console");
    const all = Uint8Array.from({ length: 256 }, (_, index) => index);
    await port.write(all);
    await port.drain();
    expect(pty.received()).toEqual(all);
    pty.send(all);
    const received: number[] = [];
    while (received.length < all.length) received.push(...(await port.read({ timeoutMs: 10_000 })));
    expect(Uint8Array.from(received)).toEqual(all);
    pty.unplug();
    await expect(port.read()).rejects.toMatchObject({ code: "disconnected" });
  });
});
