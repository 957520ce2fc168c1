import { stripVTControlCharacters } from "node:util";
import type { Channel, Reading, Sensor } from "@busbar/host";
import { History } from "../history.ts";
import { whatAndWhere } from "../readings.ts";
import { formatValue, labelOf, unitOf, widthOf } from "./number.ts";
import { describeError, style } from "./output.ts";
import { plot } from "./plot.ts";
import { columns, framedTable } from "./table.ts";

/** Rows of a plot's curve: fewer show nothing, more say no more. */
const leastPlotRows = 4;
const mostPlotRows = 10;
/** An empty row, the title, and the time. */
const plotFrameRows = 3;

/** What the frame shows of one device. */
interface WatchedDevice {
  readonly name: string;
  readonly wiring: string;
  sensor: Sensor | undefined;
  readonly histories: Map<string, History>;
  /** Why the last reading failed. */
  problem: string | undefined;
}

interface WatchedChannel {
  readonly device: WatchedDevice;
  readonly channel: Channel;
  readonly history: History;
}

/** What a frame is made for. */
export interface WatchViewOptions {
  /** Shown at the top: the board file. */
  readonly title: string;
  readonly devices: readonly { readonly name: string; readonly wiring: string }[];
  /** How far the plots go back, in milliseconds. */
  readonly windowMs: number;
  /** Which channels to plot, "temperature" or "indoor.temperature"; all that have room where it is undefined. */
  readonly plots: readonly string[] | undefined;
}

/** The live table of `watch`, as text: a table a device, and plots in the rows that are left. */
export class WatchView {
  readonly #options: WatchViewOptions;
  readonly #devices: Map<string, WatchedDevice>;

  constructor(options: WatchViewOptions) {
    this.#options = options;
    this.#devices = new Map(
      options.devices.map(({ name, wiring }) => [
        name,
        { name, wiring, sensor: undefined, histories: new Map(), problem: undefined },
      ]),
    );
  }

  /** Takes up a reading. */
  reading(sensor: Sensor, reading: Reading, timeMs: number): void {
    const device = this.#devices.get(sensor.name)!;
    device.sensor = sensor;
    device.problem = undefined;
    for (const { label } of sensor.channels) {
      let history = device.histories.get(label);
      if (history === undefined) {
        history = new History(this.#options.windowMs);
        device.histories.set(label, history);
      }
      history.add(timeMs, reading[label]);
    }
  }

  /** Takes up a failure: the device's values are gone until it is back. */
  failure(name: string, error: unknown, retryMs: number, timeMs: number): void {
    const device = this.#devices.get(name)!;
    const seconds = Math.round(retryMs / 1000);
    device.problem = `${describeError(error).lines.join(" ")} (trying again in ${seconds} s)`;
    for (const history of device.histories.values()) history.add(timeMs, undefined);
  }

  /** Takes up that a device is not tried again. */
  givenUp(name: string, error: unknown): void {
    this.#devices.get(name)!.problem = `${describeError(error).lines.join(" ")} (not tried again)`;
  }

  /** The frame for a terminal of this size. */
  render(size: { readonly columns: number; readonly rows: number }, clock: string): string {
    const tables = [...this.#devices.values()].flatMap((device) => [
      "",
      ...this.#table(device, size.columns),
    ]);
    // The head takes a row; two stay free, for the cursor and for the shell's prompt after the end.
    const used = 3 + tables.reduce((rows, line) => rows + rowsOf(line, size.columns), 0);
    const plots = this.#plots(size.columns, size.rows - used);
    const hidden = plots.hidden.length === 0 ? "" : `, no room to plot ${plots.hidden.join(", ")}`;
    const head = `${style("bold", this.#options.title)}  ${style("dim", `${clock}, Ctrl-C ends${hidden}`)}`;
    return [head, ...tables, ...plots.lines].join("\n");
  }

  /** The extremes of all channels, as text. */
  extremes(): { device: string; channel: string; minimum: string; maximum: string; unit: string }[] {
    return this.#channels().map(({ device, channel, history }) => ({
      device: device.name,
      channel: labelOf(channel),
      minimum: formatValue(channel, history.minimum),
      maximum: formatValue(channel, history.maximum),
      unit: unitOf(channel),
    }));
  }

  #table(device: WatchedDevice, width: number): string[] {
    const { sensor } = device;
    const title = `${style("bold", device.name)}  ${whatAndWhere(sensor, device.wiring)}`;
    const lines = [title];
    if (sensor !== undefined) {
      const rows = sensor.channels.map((channel) => row(channel, device.histories.get(channel.label)));
      lines.push(...channelTable(rows, width));
    }
    if (device.problem !== undefined) lines.push(style("red", device.problem));
    return lines;
  }

  /** The plots that fit into `rowsLeft`, and the names of those that do not. */
  #plots(columns: number, rowsLeft: number): { lines: string[]; hidden: string[] } {
    const wanted = this.#channels().filter(
      ({ device, channel, history }) => history.spanMs > 0 && this.#isChosen(device, channel),
    );
    const each = leastPlotRows + plotFrameRows;
    const shown = wanted.slice(0, Math.max(Math.floor(rowsLeft / each), 0));
    const height = Math.min(Math.floor(rowsLeft / shown.length) - plotFrameRows, mostPlotRows);
    return {
      lines: shown.flatMap((watched) => this.#plot(watched, columns, height)),
      hidden: wanted.slice(shown.length).map((watched) => this.#plotName(watched)),
    };
  }

  #plot({ device, channel, history }: WatchedChannel, columns: number, height: number): string[] {
    const labelWidth = widthOf(channel);
    const lines = plot({
      values: history.curve(Math.max(columns - labelWidth - 3, 10)),
      height,
      leastSpan: channel.resolution > 0 ? channel.resolution * (height - 1) : 0,
      format: (value) => formatValue(channel, value).padStart(labelWidth),
      from: `${durationOf(history.spanMs)} ago`,
      to: "now",
    });
    const title = `${style("bold", this.#plotName({ device, channel, history }))} ${unitOf(channel)}`;
    return ["", title, ...lines.map((line, row) => style(row === height ? "dim" : "cyan", line))];
  }

  #plotName({ device, channel }: WatchedChannel): string {
    return this.#devices.size === 1 ? labelOf(channel) : `${device.name}.${labelOf(channel)}`;
  }

  #isChosen(device: WatchedDevice, { label }: Channel): boolean {
    const { plots } = this.#options;
    return plots === undefined || plots.includes(label) || plots.includes(`${device.name}.${label}`);
  }

  #channels(): WatchedChannel[] {
    return [...this.#devices.values()].flatMap((device) =>
      (device.sensor?.channels ?? []).map((channel) => ({
        device,
        channel,
        history: device.histories.get(channel.label)!,
      })),
    );
  }
}

/** As much of it as fits: without its frame, and then without the extremes. */
function channelTable(rows: readonly (readonly string[])[], width: number): string[] {
  const head = ["channel", "now", "minimum", "maximum", "unit"].map((text) => style("dim", text));
  const aligns = ["left", "right", "right", "right", "left"] as const;
  const layouts = [
    () => framedTable(head, rows, aligns),
    () => columns([head, ...rows], aligns),
    () => {
      const few = rows.map(([channel = "", now = "", , , unit = ""]) => [channel, now, unit]);
      return columns(few, ["left", "right", "left"]);
    },
  ];
  let lines: string[] = [];
  for (const layout of layouts) {
    lines = layout().split("\n");
    if (lines.every((line) => stripVTControlCharacters(line).length <= width)) break;
  }
  return lines;
}

function row(channel: Channel, history: History | undefined): string[] {
  const width = widthOf(channel);
  const cell = (value: number | undefined) => formatValue(channel, value).padStart(width);
  return [
    labelOf(channel),
    style("bold", cell(history?.latest)),
    cell(history?.minimum),
    cell(history?.maximum),
    unitOf(channel),
  ];
}

/** Long lines wrap. */
function rowsOf(line: string, columns: number): number {
  return Math.max(Math.ceil(stripVTControlCharacters(line).length / columns), 1);
}

function durationOf(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
