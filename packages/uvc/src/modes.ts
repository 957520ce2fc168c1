/** From a camera's formats and sizes to the modes that it can be started in. */

import type { CameraMode } from "@busbar/guest";
import type { FormatDescriptor, FrameDescriptor } from "./descriptors.ts";

/** A mode, and how it is asked for. */
export interface StreamMode extends CameraMode {
  /** bFormatIndex. */
  readonly formatIndex: number;
  /** bFrameIndex. */
  readonly frameIndex: number;
  /** dwFrameInterval, in units of 100 ns. */
  readonly interval: number;
  /** dwMaxVideoFrameBufferSize, in bytes; 0 where the device does not say. */
  readonly maximumBytes: number;
}

const INTERVALS_IN_MS = 10_000;
/** No camera has so many, and every program would have to hold them. */
const MOST_MODES = 512;

/** All modes, those of the default format, size and interval first. */
export function modesOf(formats: readonly FormatDescriptor[]): StreamMode[] {
  const modes = formats.flatMap((format) =>
    first(format.frames, ({ index }) => index === format.defaultFrame).flatMap((frame) =>
      first(frame.intervals, (interval) => interval === frame.defaultInterval).map((interval) =>
        modeOf(format, frame, interval),
      ),
    ),
  );
  return modes.slice(0, MOST_MODES);
}

function modeOf(format: FormatDescriptor, frame: FrameDescriptor, interval: number): StreamMode {
  return {
    encoding: format.encoding,
    width: frame.width,
    height: frame.height,
    intervalMs: interval / INTERVALS_IN_MS,
    formatIndex: format.index,
    frameIndex: frame.index,
    interval,
    maximumBytes: frame.maximumBytes,
  };
}

/** The one that is preferred first, all others in their order. */
function first<Item>(items: readonly Item[], isPreferred: (item: Item) => boolean): Item[] {
  return [...items.filter(isPreferred), ...items.filter((each) => !isPreferred(each))];
}
