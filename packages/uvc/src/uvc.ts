/**
 * Cameras of the USB video class: "USB Device Class Definition for Video Devices", revision 1.5, 9 August 2012, and the
 * payload documents "Motion-JPEG" and "Uncompressed" of the same revision. Cameras of revisions 1.0 and 1.1 differ in the
 * length of the probe and commit controls only.
 */

import {
  type CameraDriver,
  type CameraFrame,
  type CameraInfo,
  type ControlRequest,
  DriverError,
  integer,
  type OptionsOf,
  parseConfiguration,
  type Time,
  type UsbDevice,
} from "@busbar/guest";
import { chooseEndpoint } from "./alternate-setting.ts";
import { GET_CUR, SET_CUR, VS_COMMIT_CONTROL, VS_PROBE_CONTROL } from "./codes.ts";
import { findVideoFunction, type StreamEndpoint, type Stream as StreamInterface } from "./descriptors.ts";
import { FrameAssembler } from "./frame-assembler.ts";
import { modesOf, type StreamMode } from "./modes.ts";
import { picturesOf } from "./pictures.ts";
import { decodeProbe, encodeProbe, probeLength, type StreamParameters } from "./probe.ts";
import { type Stream, startStream } from "./stream.ts";

/** What a board file can set. */
export const uvcOptions = {
  /** The most bytes of one picture, in KiB. What is longer is left out. */
  maximumFrameKib: integer({ minimum: 16, maximum: 16_384 }, 8192),
};

/** What can be set; see `uvcOptions`. */
export type UvcOptions = OptionsOf<typeof uvcOptions>;

/** The driver of one camera. Every method throws DriverError. */
export class Uvc implements CameraDriver {
  readonly info: CameraInfo;
  readonly modes: readonly StreamMode[];
  readonly #usb: UsbDevice;
  readonly #time: Time;
  readonly #interface: StreamInterface;
  readonly #probeLength: number;
  readonly #maximumFrameBytes: number;
  #stream: Stream | undefined;
  #endpoint: StreamEndpoint | undefined;
  /** When the last transfer was received; pictures that wait to be taken came with it. */
  #receivedMs = 0;

  /** Reads the descriptors and claims the camera. @throws DriverError `wrong-device`, `unsupported`, `protocol` */
  constructor(usb: UsbDevice, time: Time, options: UvcOptions) {
    this.#usb = usb;
    this.#time = time;
    this.#maximumFrameBytes = options.maximumFrameKib * 1024;
    const found = findVideoFunction(parseConfiguration(usb.readConfiguration()));
    if (found === undefined) {
      throw DriverError.wrongDevice(
        "The device has no video interface; correct the device or the driver in the board file.",
      );
    }
    const known = found.streams.map((stream) => ({ stream, modes: modesOf(stream.formats) }));
    const chosen = known.find(({ modes }) => modes.length > 0);
    if (chosen === undefined) {
      throw DriverError.unsupported(
        "The camera has no Motion JPEG and no YUY2 pictures; use another camera.",
      );
    }
    if (chosen.stream.endpoints.length === 0) {
      throw DriverError.protocol("The camera has no endpoint for its pictures; use another camera.");
    }
    this.#interface = chosen.stream;
    this.modes = chosen.modes;
    this.#probeLength = probeLength(found.version);
    // Both: Linux's driver has the camera by its control interface, and would go on using it.
    usb.claim(found.controlInterface);
    usb.claim(this.#interface.interfaceNumber);
    const { vendorId, productId, manufacturerIndex, productIndex, serialNumberIndex } = usb.descriptor;
    this.info = {
      vendorId,
      productId,
      vendor: usb.readString(manufacturerIndex),
      product: usb.readString(productIndex),
      serialNumber: usb.readString(serialNumberIndex),
    };
  }

  /** Starts a mode; one that runs is stopped first. @param index in `modes` */
  start(index: number): void {
    const mode = this.modes[index];
    if (mode === undefined) {
      throw DriverError.invalidArgument(
        `There is no mode ${index}; the camera has the modes 0 to ${this.modes.length - 1}.`,
      );
    }
    this.stop();
    const pictures = picturesOf(mode, this.#maximumFrameBytes);
    const parameters = this.#negotiate(mode);
    const endpoint = chooseEndpoint(this.#interface.endpoints, parameters.maximumPayloadBytes);
    // A bulk endpoint is there from the beginning: 2.4.3.2, and 3.9 for the settings of an isochronous one.
    if (endpoint.alternateSetting !== 0) this.#chooseSetting(endpoint.alternateSetting);
    this.#endpoint = endpoint;
    try {
      const assembler = new FrameAssembler(pictures);
      const { maximumPayloadBytes } = parameters;
      this.#stream = startStream(this.#usb, this.#time, endpoint, maximumPayloadBytes, assembler);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** The next whole picture; undefined when none came in time. It waits for one transfer at least. */
  nextFrame(timeoutMs: number): CameraFrame | undefined {
    const stream = this.#stream;
    if (stream === undefined) {
      throw DriverError.invalidArgument("The camera is not started; start it in one of its modes first.");
    }
    const endMs = this.#time.nowMs() + timeoutMs;
    let frame = stream.take();
    while (frame === undefined) {
      stream.receive();
      this.#receivedMs = this.#time.nowMs();
      frame = stream.take();
      if (frame === undefined && this.#receivedMs >= endMs) return undefined;
    }
    return { ...frame, timeMs: this.#receivedMs };
  }

  /** Stops the pictures. Stopping twice is legal. */
  stop(): void {
    const [stream, endpoint] = [this.#stream, this.#endpoint];
    this.#stream = undefined;
    this.#endpoint = undefined;
    stream?.[Symbol.dispose]();
    if (endpoint === undefined) return;
    // 4.3.1.1.1: setting 0 ends an isochronous stream, and the end of a halt one of bulk transfers.
    if (endpoint.type === "bulk") this.#usb.clearHalt(endpoint.address);
    else this.#chooseSetting(0);
  }

  /** Stops and gives the device back; never throws DriverError. Closing twice is legal. */
  close(): void {
    using _ = this.#usb;
    try {
      this.stop();
    } catch (error) {
      // A camera that is gone, or does not answer, has nothing to stop.
      if (!(error instanceof DriverError)) throw error;
    }
  }

  /** Asks for a mode, sees what the camera makes of it, and commits that: 4.3.1.1.1. */
  #negotiate(mode: StreamMode): StreamParameters {
    const probe = this.#control(SET_CUR, VS_PROBE_CONTROL);
    this.#usb.controlOut(probe, encodeProbe(mode, this.#probeLength));
    const answer = this.#usb.controlIn(this.#control(GET_CUR, VS_PROBE_CONTROL), this.#probeLength);
    const parameters = decodeProbe(answer);
    if (parameters.formatIndex !== mode.formatIndex || parameters.frameIndex !== mode.frameIndex) {
      throw DriverError.unsupported("The camera does not give this mode now; use another one.");
    }
    const commit = new Uint8Array(this.#probeLength);
    commit.set(answer.subarray(0, commit.length));
    this.#usb.controlOut(this.#control(SET_CUR, VS_COMMIT_CONTROL), commit);
    return parameters;
  }

  /** 4.2: the selector is the upper byte of wValue. */
  #control(request: number, selector: number): ControlRequest {
    const index = this.#interface.interfaceNumber;
    return { type: "class", recipient: "interface", request, value: selector << 8, index };
  }

  #chooseSetting(setting: number): void {
    this.#usb.setAlternateSetting(this.#interface.interfaceNumber, setting);
  }
}
