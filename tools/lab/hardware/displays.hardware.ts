/** The displays' and the HTS221's components over /dev/i2c-N, on every host; the simulated chips show what arrived. */
import { attachI2cAdapter, type I2cAdapter } from "@busbar/lab/guest";
import { afterAll, beforeAll, expect, it } from "vitest";
import { boardFile, describeOn, hosts, some } from "./hosts.ts";
import { driver } from "./native-program.ts";
import { SLOW_LIMITS } from "./support.ts";

const LCD = 0x27;
const LED = 0x70;
const OLED = 0x3c;
const HTS221 = 0x5f;

describeOn(hosts, "over /dev/i2c-N", (host) => {
  let adapter: I2cAdapter;

  beforeAll(async () => {
    adapter = await attachI2cAdapter([]);
  });
  afterAll(() => adapter?.detach());

  const entry = (chip: string, address: number, settings: Record<string, string | number> = {}) => ({
    driver: driver(chip),
    i2c: { bus: adapter.busNumber, address },
    settings,
    limits: SLOW_LIMITS,
  });
  const open = async (devices: Record<string, ReturnType<typeof entry>>) =>
    host.open(await boardFile({ devices }));
  /** The lines of a display, without those that end up empty on the right. */
  async function picture(address: number): Promise<string[]> {
    return (await adapter.picture(address))!.split("\n").map((line) => line.trimEnd());
  }

  const starts = [
    ["a display that was just switched on", "power-on"],
    ["one that was left in the middle of an instruction", "halfway"],
  ] as const;
  it.each(some(host, starts))("hd44780: %s shows what is written", async (_, start) => {
    await adapter.replace([{ address: LCD, model: "hd44780", size: "20x4", start }]);
    await using board = await open({ panel: entry("hd44780", LCD, { size: "20x4" }) });
    await using panel = await board.textDisplay("panel");
    expect(panel.size).toEqual({ rows: 4, columns: 20 });
    await panel.write(0, 0, "Busbar");
    await panel.write(1, 19, "!");
    await panel.write(2, 0, "01234567890123456789");
    await panel.write(3, 12, "21.5 °C");
    expect(await picture(LCD)).toEqual([
      "┌──────────────────────┐",
      "│ Busbar               │",
      "│                    ! │",
      "│ 01234567890123456789 │",
      "│             21.5 °C  │",
      "└──────────────────────┘",
    ]);
    await panel.clear();
    await panel.setBrightness(0);
    expect(await picture(LCD)).toEqual([
      "┌──────────────────────┐",
      ...Array<string>(4).fill("│                      │"),
      "└──────────────────────┘",
      " backlight off",
    ]);
  });

  it("ht16k33: digits, letters, points and the colon", async () => {
    await adapter.replace([{ address: LED, model: "ht16k33" }]);
    await using board = await open({ panel: entry("ht16k33", LED) });
    await using panel = await board.textDisplay("panel");
    await panel.write(0, 0, "12:34");
    expect(await picture(LED)).toEqual([
      "┌───────────────────┐",
      "│      _     _      │",
      "│   |  _| .  _| |_| │",
      "│   | |_  .  _|   | │",
      "└───────────────────┘",
    ]);
    await panel.clear();
    await panel.write(0, 0, "-1.5C");
    expect(await picture(LED)).toEqual([
      "┌───────────────────┐",
      "│            _   _  │",
      "│  _    |   |_  |   │",
      "│       |.   _| |_  │",
      "└───────────────────┘",
    ]);
  });

  it("ssd1306: text where it belongs, and nothing where it was cleared", async () => {
    await adapter.replace([{ address: OLED, model: "ssd1306", size: "64x48" }]);
    await using board = await open({ panel: entry("ssd1306", OLED, { size: "64x48" }) });
    await using panel = await board.textDisplay("panel");
    expect(panel.size).toEqual({ rows: 6, columns: 10 });
    const blank = `│${" ".repeat(64)}│`;
    await panel.write(5, 8, "L7");
    const shown = await picture(OLED);
    expect(shown.slice(1, 21)).toEqual(Array(20).fill(blank));
    expect(shown.slice(21, 25).map((row) => row.slice(49))).toEqual([
      "█     ▀▀▀▀█     │",
      "█        ▄▀     │",
      "█       ▄▀      │",
      "▀▀▀▀▀   ▀       │",
    ]);
    await panel.clear();
    expect((await picture(OLED)).slice(1, -1)).toEqual(Array(24).fill(blank));
  });

  it("a display that is not there is a typed error", async () => {
    await adapter.replace([]);
    await using board = await open({ lcd: entry("hd44780", LCD), led: entry("ht16k33", LED) });
    const noAnswer = { payload: { tag: "bus", val: { kind: expect.stringMatching(/^no-acknowledge/) } } };
    await expect(board.textDisplay("lcd")).rejects.toMatchObject(noAnswer);
    await expect(board.textDisplay("led")).rejects.toMatchObject(noAnswer);
  });

  const measurements = [
    ["one-shot", 21.5, 43],
    ["one-shot", -12.5, 81],
    ["continuous", 60, 10],
  ] as const;
  it.each(some(host, measurements))(
    "hts221: %s at %d °C and %d percent",
    async (mode, temperature, humidity) => {
      await adapter.replace([{ address: HTS221, model: "hts221", temperature, humidity }]);
      await using board = await open({ indoor: entry("hts221", HTS221, { mode }) });
      await using sensor = await board.sensor("indoor");
      for (let count = 0; count < 3; count += 1) {
        const reading = await sensor.read();
        // A step of the chip's output at its own calibration.
        expect(Math.abs(reading.temperature! - temperature)).toBeLessThan(0.016);
        expect(Math.abs(reading.humidity! - humidity)).toBeLessThan(0.01);
      }
    },
  );

  it("three chips of three kinds share the bus", async () => {
    await adapter.replace([
      { address: LCD, model: "hd44780", size: "16x2" },
      { address: LED, model: "ht16k33" },
      { address: HTS221, model: "hts221", temperature: 19.25, humidity: 55 },
    ]);
    await using board = await open({
      lcd: entry("hd44780", LCD),
      led: entry("ht16k33", LED),
      indoor: entry("hts221", HTS221),
    });
    await using indoor = await board.sensor("indoor");
    await using lcd = await board.textDisplay("lcd");
    await using led = await board.textDisplay("led");
    const text = (await indoor.read()).temperature!.toFixed(1);
    await Promise.all([lcd.write(0, 0, `inside ${text}`), led.write(0, 0, text.padStart(5))]);
    expect((await picture(LCD))[1]).toMatch(/^│ inside 19\.[23] +│$/);
    expect((await picture(LED))[2]).toContain("|");
  });
});
