/** What every sensor must do: @busbar/contract. */

import { join } from "node:path";
import { onUart, sensorContract, type UartSpecimen, uartLineFaults } from "@busbar/contract";
import { type UartPart, usualUartForm } from "@busbar/model";
import { SatelliteReceiver } from "../src/model.ts";
import { NmeaGps, nmeaGpsOptions } from "../src/nmea-gps.ts";

interface Place {
  readonly latitude: number;
  readonly longitude: number;
  readonly altitude: number;
  readonly speed: number;
}

/** Something that talks, and not as this part does. */
class Chatter implements UartPart {
  readonly form = usualUartForm;
  nextMs: number;

  constructor(beginMs: number) {
    this.nextMs = beginMs;
  }

  send(): Uint8Array {
    this.nextMs += 100;
    return new TextEncoder().encode("hello\r\n");
  }

  receive(): void {}
}

function specimen(reading: Place, talker: string) {
  const sentences = ["RMC", "GSA", "GGA"];
  const how = { fixAfterMs: 0, intervalMs: 1000, baudRate: 9600, talker, sentences };
  return {
    reading: { ...reading },
    make: (clock: UartSpecimen["clock"]): UartSpecimen => ({
      clock,
      part: new SatelliteReceiver({ ...reading, ...how }, clock.now()),
    }),
  };
}

sensorContract("a receiver", {
  definition: { options: nmeaGpsOptions, driver: NmeaGps },
  component: join(import.meta.dirname, "../dist/nmea-gps.wasm"),
  wiring: onUart(),
  specimens: [
    specimen({ latitude: 48.117_312, longitude: 11.516_667, altitude: 545.4, speed: 11.5 }, "GP"),
    specimen({ latitude: -33.856_784, longitude: -151.215_297, altitude: -12.3, speed: 0 }, "GN"),
  ],
  wrongDevice: (clock) => ({ clock, part: new Chatter(clock.now()) }),
  badSettings: [{ altitude: "no" }, { "timeout-ms": 99 }, { "timeout-ms": 60_001 }],
  // The next second brings the next sentences.
  retried: uartLineFaults,
  tolerances: { latitude: 1e-6, longitude: 1e-6, altitude: 0.05, speed: 0.001 },
});
