import { stripVTControlCharacters } from "node:util";
import { DeviceError, type Sensor } from "@busbar/host";
import { describe, expect, test } from "vitest";
import { WatchView } from "../src/output/watch-view.ts";

const sensor = {
  name: "indoor",
  info: { vendor: "Bosch", model: "BME280\u001B[2J" },
  channels: [
    { quantity: "temperature", label: "temperature", minimum: -40, maximum: 85, resolution: 0.01 },
    { quantity: "pressure", label: "pressure", minimum: 30_000, maximum: 110_000, resolution: 2.6 },
  ],
} as Partial<Sensor> as Sensor;

function view(plots?: readonly string[]): WatchView {
  const devices = [{ name: "indoor", wiring: "bus 1 at 0x76" }];
  return new WatchView({ title: "busbar watch board.json", devices, windowMs: 60_000, plots });
}

function frame(each: WatchView, columns: number, rows: number): string[] {
  return stripVTControlCharacters(each.render({ columns, rows }, "12:00:00")).split("\n");
}

describe("the live frame", () => {
  const running = view();
  running.reading(sensor, { temperature: 20, pressure: 100_000 }, 0);
  running.reading(sensor, { temperature: 22, pressure: 100_000 }, 2000);
  running.reading(sensor, { temperature: 21, pressure: 100_020 }, 4000);

  test("has now, minimum and maximum of every channel, and plots of those that fit", () => {
    expect(frame(running, 60, 23)).toEqual([
      "busbar watch board.json  12:00:00, Ctrl-C ends, no room to plot pressure",
      "",
      "indoor  Bosch BME280\\u{1b}[2J, bus 1 at 0x76",
      "╭─────────────┬────────┬─────────┬─────────┬──────╮",
      "│ channel     │    now │ minimum │ maximum │ unit │",
      "├─────────────┼────────┼─────────┼─────────┼──────┤",
      "│ temperature │  21.00 │   20.00 │   22.00 │ °C   │",
      "│ pressure    │ 100020 │  100000 │  100020 │ Pa   │",
      "╰─────────────┴────────┴─────────┴─────────┴──────╯",
      "",
      "temperature °C",
      expect.stringMatching(/^ 22\.00 ┤ +╭─+╮$/),
      ...Array.from({ length: 7 }, () => expect.stringMatching(/^ 2[01]\.\d\d ┤/)),
      expect.stringMatching(/^ 20\.00 ┤─+╯$/),
      expect.stringMatching(/^ {8}4 s ago +now$/),
    ]);
  });

  test("never has more rows than the terminal", () => {
    for (const rows of [12, 16, 20, 24, 40, 80]) {
      expect(frame(running, 60, rows).length).toBeLessThan(Math.max(rows, 11));
    }
  });

  test("does not stretch plots without end", () => {
    expect(frame(running, 60, 200)).toHaveLength(9 + 2 * (10 + 3));
  });

  test("plots what was chosen, by label or with the device", () => {
    for (const chosen of ["pressure", "indoor.pressure"]) {
      const each = view([chosen]);
      each.reading(sensor, { temperature: 20, pressure: 100_000 }, 0);
      each.reading(sensor, { temperature: 20, pressure: 100_010 }, 1000);
      const lines = frame(each, 60, 40);
      expect(lines).toContain("pressure Pa");
      expect(lines).not.toContain("temperature °C");
    }
    expect(frame(view([]), 60, 40)).not.toContain("pressure Pa");
  });

  test("a failure takes the values away and says why", () => {
    const each = view();
    each.reading(sensor, { temperature: 20, pressure: 100_000 }, 0);
    const error = new DeviceError("indoor", { tag: "disconnected", val: "the driver failed: \u001B[31mboo" });
    each.failure("indoor", error, 4000, 1000);
    const lines = frame(each, 80, 24);
    expect(lines).toContain("│ temperature │      - │   20.00 │   20.00 │ °C   │");
    expect(lines).toContain("indoor: the driver failed: \\u{1b}[31mboo (trying again in 4 s)");
  });
});
