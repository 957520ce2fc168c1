import type { Clock, Reading, Sensor } from "@busbar/host";
import type { Attempt } from "../kept-sensor.ts";
import { readingLine, readingRecord, whatAndWhere } from "../readings.ts";
import { openFrame } from "./frame.ts";
import type { Output } from "./output.ts";
import { columns } from "./table.ts";
import type { WatchView } from "./watch-view.ts";

/** How `watch` shows what it reads. */
export interface WatchPresenter {
  attempt(name: string, attempt: Attempt): void;
  /** A device is not tried again. */
  givenUp(name: string, error: unknown): void;
  /** The last attempt was made. */
  end(): void;
}

/** A record a reading. */
export function jsonPresenter(output: Output): WatchPresenter {
  return {
    attempt: (device, attempt) => {
      if (attempt.kind === "failure") output.failure(attempt.error, { device }, attempt.retryMs);
      else output.record(readingRecord(attempt.sensor, attempt.reading, new Date()));
    },
    givenUp: (device, error) => output.failure(error, { device }, null),
    end: () => undefined,
  };
}

/**
 * A line a reading, and at the end the extremes: for a pipe, a file or a log, so there is nothing in it that only a
 * terminal understands.
 *
 * @param view counts the extremes
 */
export function linePresenter(
  output: Output,
  view: WatchView,
  clock: Clock,
  wiringOf: (device: string) => string,
): WatchPresenter {
  const introduced = new Set<string>();
  const introduce = (sensor: Sensor) => {
    if (introduced.has(sensor.name)) return;
    introduced.add(sensor.name);
    output.line(`${sensor.name}: ${whatAndWhere(sensor, wiringOf(sensor.name))}`);
  };
  const reading = (sensor: Sensor, values: Reading) => {
    introduce(sensor);
    view.reading(sensor, values, clock.now());
    output.line(readingLine(sensor, values, clockTime()));
  };
  return {
    attempt: (name, attempt) => {
      if (attempt.kind === "failure") output.error(attempt.error, { name, record: { device: name } });
      else reading(attempt.sensor, attempt.reading);
    },
    givenUp: (device, error) => output.failure(error, { device }, null),
    end: () => {
      const rows = view.extremes().map(({ device, channel, minimum, maximum, unit }) => {
        return [device, channel, "minimum", minimum, "maximum", maximum, unit];
      });
      const aligns = ["left", "left", "left", "right", "left", "right", "left"] as const;
      if (rows.length > 0) output.block(`\n${columns(rows, aligns)}`);
    },
  };
}

/** A table and plots that are drawn in place, over and over. The last ones stay. */
export async function livePresenter(output: Output, view: WatchView, clock: Clock): Promise<WatchPresenter> {
  const { screen } = output;
  const frame = await openFrame(screen);
  const draw = () => frame.draw(view.render(screen.size, clockTime()));
  const resizing = screen.onResize(draw);
  output.live = { hide: () => frame.clear(), show: draw };
  return {
    attempt: (name, attempt) => {
      if (attempt.kind === "failure") view.failure(name, attempt.error, attempt.retryMs, clock.now());
      else view.reading(attempt.sensor, attempt.reading, clock.now());
      draw();
    },
    givenUp: (name, error) => {
      view.givenUp(name, error);
      draw();
    },
    end: () => {
      resizing[Symbol.dispose]();
      output.live = undefined;
      frame.done();
    },
  };
}

function clockTime(): string {
  return new Date().toLocaleTimeString("en-GB");
}
