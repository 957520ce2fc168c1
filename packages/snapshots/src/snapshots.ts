/** The app: one request, done. It knows no USB and no driver. */

import { type CameraMode, DriverError } from "@busbar/guest";
import type { AppCamera } from "@busbar/guest/app/camera";
import type { AppFolder } from "@busbar/guest/app/folder";
import { parseArguments } from "./arguments.ts";

/** What the app needs of the world around it. */
export interface Surroundings {
  openCamera(name: string): AppCamera;
  openFolder(): AppFolder;
  print(line: string): void;
}

/** A camera that gives no picture for so long has stopped. */
const PATIENCE_MS = 10_000;

/**
 * Does what the arguments say.
 *
 * @throws DriverError
 */
export function snapshots(words: readonly string[], surroundings: Surroundings): void {
  const request = parseArguments(words);
  const { print } = surroundings;
  const camera = surroundings.openCamera(request.camera);
  try {
    if (request.command === "modes") {
      for (const [index, mode] of camera.modes.entries()) print(modeLine(index, mode));
      return;
    }
    const mode = camera.modes[request.mode];
    if (mode === undefined) {
      throw DriverError.invalidArgument(
        `There is no mode ${request.mode}; "modes" lists those that there are.`,
      );
    }
    take(camera, request.mode, request.count, mode.encoding === "mjpeg" ? "jpg" : "yuy2", surroundings);
  } finally {
    camera.close();
  }
}

function take(
  camera: AppCamera,
  mode: number,
  count: number,
  extension: string,
  { openFolder, print }: Surroundings,
): void {
  const folder = openFolder();
  camera.start(mode);
  for (let taken = 0; taken < count; taken += 1) {
    const frame = camera.nextFrame(PATIENCE_MS);
    if (frame === undefined)
      throw DriverError.timeout("The camera gave no picture for 10 s; plug it in again.");
    const name = `picture-${frame.sequence}.${extension}`;
    const file = folder.createFile(name);
    try {
      file.write(frame.data);
    } finally {
      file.close();
    }
    print(`${name} ${frame.data.length} bytes`);
  }
  camera.stop();
}

/** "0 mjpeg 640 x 480, 30 pictures a second". */
export function modeLine(index: number, { encoding, width, height, intervalMs }: CameraMode): string {
  const rate = Math.round(100_000 / intervalMs) / 100;
  return `${index} ${encoding} ${width} x ${height}, ${rate} pictures a second`;
}
