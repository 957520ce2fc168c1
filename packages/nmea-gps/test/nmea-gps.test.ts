import { payload } from "@busbar/contract";
import { type ExpectedUartCall, UartPlayback } from "@busbar/guest/uart-playback";
import { describe, expect, test } from "vitest";
import { NmeaGps, type NmeaGpsOptions } from "../src/nmea-gps.ts";
import { checksumOf } from "../src/sentence.ts";

const line = (body: string) => {
  const text = `$${body}*${checksumOf(body).toString(16).padStart(2, "0")}\r\n`;
  return [...text].map((each) => each.charCodeAt(0));
};
const gga = (time: string, quality = "1", altitude = "545.4") =>
  line(`GPGGA,${time},4807.038,N,01131.000,E,${quality},08,0.9,${altitude},M,46.9,M,,`);
const rmc = (time: string, status = "A", knots = "022.4") =>
  line(`GPRMC,${time},${status},4807.038,N,01131.000,E,${knots},084.4,230394,003.1,W`);
const gsv = line("GPGSV,1,1,00");
const read = (...pieces: readonly number[][]): ExpectedUartCall => ({ read: pieces.flat() });
const discard: ExpectedUartCall = { discard: true };

function play<Result>(
  expected: readonly ExpectedUartCall[],
  use: (openSensor: (options?: Partial<NmeaGpsOptions>) => NmeaGps) => Result,
): Result {
  const playback = new UartPlayback(expected);
  const result = use((options) => new NmeaGps(playback.port, playback.timer, options));
  playback.done();
  return result;
}

const message = (use: () => unknown) => {
  const { tag, val } = payload(use) as { tag: string; val: string };
  return `${tag}: ${val}`;
};

describe("a receiver", () => {
  test("is one when it sends a sentence, with or without a fix", () => {
    play([read([0x31, 0x32, 0x0d, 0x0a], gsv)], (openSensor) => {
      const { channels } = openSensor();
      expect(channels.map(({ label }) => label)).toEqual(["latitude", "longitude", "altitude", "speed"]);
    });
  });

  test("gives what begins after it was asked, of one time", () => {
    const calls = [
      ...[read(gsv), discard],
      // The end of the second before, whose GGA was before.
      ...[read(rmc("123518").slice(20)), read(rmc("123518")), read(gga("123519")), read(gsv, rmc("123519"))],
    ];
    play(calls, (openSensor) => {
      const { latitude, longitude, altitude, speed } = openSensor().read();
      expect(latitude).toBeCloseTo(48.1173, 10);
      expect(longitude).toBeCloseTo(11.516_666_667, 8);
      expect([altitude, speed!.toFixed(3)]).toEqual([545.4, "11.524"]);
    });
  });

  test("needs no RMC without a speed, and no altitude where nobody asks for it", () => {
    play([read(gsv), discard, read(gga("1", "1").slice(0, 0), gga("123519", "1", ""))], (openSensor) => {
      const sensor = openSensor({ altitude: false, speed: false });
      expect(sensor.channels.map(({ label }) => label)).toEqual(["latitude", "longitude"]);
      expect(sensor.read()).toMatchObject({ altitude: undefined, speed: undefined });
    });
  });

  test.each([
    ["no fix in GGA", [gga("123519", "0"), rmc("123519", "V")], "timeout: The receiver has no fix; "],
    ["no fix in RMC alone", [gga("123519"), rmc("123519", "V")], "timeout: The receiver has no fix; "],
    ["dead reckoning", [gga("123519", "6"), rmc("123519")], "timeout: The receiver has no fix; "],
    [
      "no altitude",
      [gga("123519", "1", ""), rmc("123519")],
      "timeout: The receiver has a fix without an altitude; ",
    ],
    [
      "no speed",
      [gga("123519"), rmc("123519", "A", "")],
      "timeout: The receiver has a fix without a speed; ",
    ],
    [
      "a field that is none",
      [line("GPGGA,123519,9907.038,N,01131.000,E,1,,,,,,,,")],
      "protocol: The receiver's GPGGA has ",
    ],
  ])("%s is an error, and never an old position", (_, sentences, expected) => {
    play([read(gsv), discard, read(...sentences)], (openSensor) => {
      const sensor = openSensor();
      expect(message(() => sensor.read())).toContain(expected);
    });
  });

  test("without one of its sentences it says which", () => {
    play([read(gsv), discard, read(rmc("123519")), read(gsv), read([])], (openSensor) => {
      const sensor = openSensor();
      expect(message(() => sensor.read())).toContain("timeout: The receiver sends no GGA in this time; ");
    });
    play([read(gsv), discard, read(gga("123519")), read([])], (openSensor) => {
      const sensor = openSensor();
      expect(message(() => sensor.read())).toContain("timeout: The receiver sends no RMC in this time; ");
    });
  });

  test("nothing at all, and something else, are told apart", () => {
    play([read([])], (openSensor) => {
      expect(message(() => openSensor())).toContain("timeout: The receiver sends nothing; ");
    });
    play([read([0x42, 0x4d, 0, 28]), read([])], (openSensor) => {
      expect(message(() => openSensor())).toContain("wrong-device: What comes is no NMEA 0183; ");
    });
  });

  test("a disturbed byte costs its sentence; where no other comes, it is the error", () => {
    const framing: ExpectedUartCall = { read: [], error: { tag: "framing" } };
    play([read(gsv.slice(0, 9)), framing, read(gsv.slice(9), gsv)], (openSensor) => void openSensor());
    play([read(gsv.slice(0, 9)), framing, read(gsv.slice(9)), read([])], (openSensor) => {
      expect(payload(() => openSensor())).toMatchObject({ tag: "bus" });
    });
  });
});
