import { VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";
import model from "../src/model.ts";

function receiver(parameters: object) {
  const part = model.create(parameters, new VirtualClock(500));
  const sent = () => {
    const atMs = part.nextMs!;
    return { atMs, lines: new TextDecoder().decode(part.send()).split("\r\n") };
  };
  return { part, sent };
}

test("sends the sentence of the manuals, with its checksum", () => {
  const { sent } = receiver({ latitude: 48.1173, longitude: 11.516_666_67, sentences: ["GGA"] });
  expect(sent()).toEqual({
    atMs: 500,
    lines: ["$GPGGA,120000.00,4807.03800,N,01131.00000,E,1,08,0.9,545.4,M,46.9,M,,*67", ""],
  });
});

test("sends each interval, with the time of it, and hears nothing", () => {
  const { part, sent } = receiver({
    intervalMs: 200,
    sentences: ["RMC"],
    talker: "GN",
    latitude: -1,
    longitude: -1,
  });
  part.receive(0x24, 1000);
  const times = [sent(), sent(), sent()].map(({ atMs, lines }) => [atMs, lines[0]!.slice(0, 41)]);
  expect(times).toEqual([
    [500, "$GNRMC,120000.00,A,0100.00000,S,00100.000"],
    [700, "$GNRMC,120000.20,A,0100.00000,S,00100.000"],
    [900, "$GNRMC,120000.40,A,0100.00000,S,00100.000"],
  ]);
});

test("has no fix before its time, and empty fields", () => {
  const { sent } = receiver({ fixAfterMs: 1000, sentences: ["GGA", "RMC"] });
  expect(sent().lines.slice(0, 2)).toEqual([
    expect.stringMatching(/^\$GPGGA,120000\.00,,,,,0,00,99\.99,,M,,M,,\*/),
    expect.stringMatching(/^\$GPRMC,120000\.00,V,,,,,,,301126,,,N\*/),
  ]);
  expect(sent().lines[0]).toContain(",1,08,");
});

test("what rounds up to sixty minutes is a degree", () => {
  const { sent } = receiver({ latitude: 47.999_999_99, longitude: 0, sentences: ["GGA"] });
  expect(sent().lines[0]).toContain(",4800.00000,N,00000.00000,E,");
});

test.each([
  [{ latitude: 91 }, '"latitude"'],
  [{ talker: "HE" }, '"talker"'],
  [{ sentences: ["VTG"] }, '"sentences.0"'],
  [{ more: 1 }, '"more" is no parameter of this model'],
])("%j is refused", (parameters, message) => {
  expect(() => model.create(parameters, new VirtualClock())).toThrow(message);
});
