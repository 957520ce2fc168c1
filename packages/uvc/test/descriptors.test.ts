import { payload as payloadOf } from "@busbar/contract";
import { DescriptorType, descriptorsIn, parseConfiguration } from "@busbar/guest";
import { describe, expect, test } from "vitest";
import { chooseEndpoint, findVideoFunction, modesOf, type StreamEndpoint } from "../src/index.ts";
import { realCamera, simulatedCamera } from "./support.ts";

const functionOf = (configuration: Uint8Array) => findVideoFunction(parseConfiguration(configuration))!;
const modesIn = (configuration: Uint8Array) =>
  functionOf(configuration).streams.map(({ formats }) => modesOf(formats));

/** The configuration with each descriptor of a type as `change` makes it. */
function changed(
  configuration: Uint8Array,
  isMeant: (descriptor: Uint8Array) => boolean,
  change: (descriptor: Uint8Array) => ArrayLike<number>,
): Uint8Array {
  const all = [...descriptorsIn(configuration)].flatMap((each) =>
    Array.from(isMeant(each) ? change(each) : each),
  );
  all[2] = all.length & 0xff;
  all[3] = all.length >> 8;
  return Uint8Array.from(all);
}

const isClassSpecific = (subtype: number) => (each: Uint8Array) => each[1] === 0x24 && each[2] === subtype;
const isFrame = (each: Uint8Array) => isClassSpecific(7)(each) || isClassSpecific(5)(each);

describe("cameras that can be bought", () => {
  test("a Logitech StreamCam has both formats, and eleven settings", () => {
    const { controlInterface, version, streams } = functionOf(
      realCamera("espusb_uvc_logitech_streamcam_cfg_desc"),
    );
    expect([controlInterface, version, streams.length]).toEqual([0, 0x0100, 1]);
    const [{ interfaceNumber, formats, endpoints }] = streams as [(typeof streams)[number]];
    expect(interfaceNumber).toBe(1);
    expect(formats.map(({ index, encoding, frames }) => [index, encoding, frames.length])).toEqual([
      [1, "yuy2", 10],
      [2, "mjpeg", 10],
    ]);
    expect(endpoints.map(({ payloadBytes }) => payloadBytes)).toEqual([
      192, 384, 512, 640, 800, 944, 1280, 1600, 1984, 2688, 3072,
    ]);
    const modes = modesOf(formats);
    expect(modes[0]).toMatchObject({ encoding: "yuy2", width: 640, height: 480, intervalMs: 33.3333 });
    const largest = modes.filter(({ encoding, width, height }) => {
      return encoding === "mjpeg" && width === 1920 && height === 1080;
    });
    expect(largest.map(({ interval }) => interval)).toHaveLength(7);
    expect(largest[0]?.interval).toBe(333_333);
  });

  test("one of H.264 and MJPEG gives what is known of it, from its first stream", () => {
    const [first, second] = modesIn(realCamera("espusb_uvc_elp_h264_cfg_desc"));
    expect(first?.[0]).toMatchObject({ encoding: "mjpeg", width: 1920, height: 1080 });
    expect(second).toEqual([]);
  });

  test("one with a bulk endpoint has it in setting 0", () => {
    const { version, streams } = functionOf(realCamera("espusb_uvc_dual_tusb_cfg_desc"));
    expect(version).toBe(0x0150);
    expect(streams[0]?.endpoints).toEqual([
      { alternateSetting: 0, address: 0x81, type: "bulk", payloadBytes: 512, interval: 1 },
    ]);
  });
});

describe("the simulated camera", () => {
  test("has all modes, its default first", () => {
    const [modes] = modesIn(simulatedCamera("isochronous"));
    expect(
      modes?.map(({ encoding, width, height, intervalMs }) => [encoding, width, height, intervalMs]),
    ).toEqual([
      ["mjpeg", 640, 480, 33.3333],
      ["mjpeg", 640, 480, 66.6666],
      ["mjpeg", 320, 240, 33.3333],
      ["mjpeg", 320, 240, 40],
      ["yuy2", 160, 120, 66.6666],
    ]);
  });

  test("three packets in a microframe count as one payload", () => {
    const { streams } = functionOf(simulatedCamera("isochronous"));
    expect(streams[0]?.endpoints.map(({ payloadBytes }) => payloadBytes)).toEqual([512, 1024, 3072]);
  });
});

describe("odd descriptors", () => {
  const usual = simulatedCamera("isochronous");

  test("no video interface at all is no camera", () => {
    const other = changed(
      usual,
      (each) => each[1] === DescriptorType.INTERFACE,
      (each) => each.with(5, 0xff),
    );
    expect(findVideoFunction(parseConfiguration(other))).toBeUndefined();
  });

  test.each([
    ["without a control header", (each: Uint8Array) => each[1] === 0x24 && each[2] === 1, () => []],
    [
      "with a header that lists another interface",
      (each: Uint8Array) => each.length === 13 && each[2] === 1,
      (each: Uint8Array) => each.with(12, 9),
    ],
    [
      "with a header that lists none",
      (each: Uint8Array) => each.length === 13 && each[2] === 1,
      (each: Uint8Array) => each.with(11, 0),
    ],
    [
      "with another endpoint in the input header",
      (each: Uint8Array) => each.length === 15 && each[2] === 1,
      (each: Uint8Array) => each.with(6, 0x84),
    ],
  ])("a camera %s keeps its modes and settings", (_, isMeant, change) => {
    const { streams } = functionOf(changed(usual, isMeant, change));
    expect(streams.map(({ formats, endpoints }) => [modesOf(formats).length, endpoints.length])).toEqual([
      [5, 3],
    ]);
  });

  test.each([
    ["too short", (each: Uint8Array) => [20, ...each.slice(1, 20)]],
    ["of no width", (each: Uint8Array) => each.with(5, 0).with(6, 0)],
    ["of no height", (each: Uint8Array) => each.with(7, 0).with(8, 0)],
    ["with index 0", (each: Uint8Array) => each.with(3, 0)],
  ])("a size that is %s is left out alone", (_, change) => {
    let count = 0;
    const [modes] = modesIn(changed(usual, (each) => isFrame(each) && count++ === 0, change));
    expect(modes?.map(({ width }) => width)).toEqual([320, 320, 160]);
  });

  test("a format that is not known takes its sizes with it, and no others", () => {
    const [modes] = modesIn(changed(usual, isClassSpecific(6), (each) => each.with(2, 0x10)));
    expect(modes?.map(({ encoding }) => encoding)).toEqual(["yuy2"]);
  });

  test("an uncompressed format of another kind is none of ours", () => {
    const [modes] = modesIn(changed(usual, isClassSpecific(4), (each) => each.with(5, 0x4e)));
    expect(modes?.map(({ encoding }) => encoding)).toEqual(["mjpeg", "mjpeg", "mjpeg", "mjpeg"]);
  });

  test("intervals of 0 are none, and the default stands for a list that is missing", () => {
    const [modes] = modesIn(changed(usual, isFrame, (each) => [26, ...each.slice(1, 25), 3]));
    expect(modes?.map(({ width, interval }) => [width, interval])).toEqual([
      [640, 333_333],
      [320, 333_333],
      [160, 666_666],
    ]);
    const zero = changed(usual, isFrame, (each) =>
      each.map((byte, index) => (index >= 21 && index !== 25 ? 0 : byte)),
    );
    expect(modesIn(zero)).toEqual([[]]);
  });

  test("of a continuous range the ends are offered", () => {
    const range = [0x15, 0x16, 5, 0, 0x80, 0x96, 0x98, 0, 1, 0, 0, 0];
    const [modes] = modesIn(
      changed(usual, isClassSpecific(5), (each) => [38, ...each.slice(1, 25), 0, ...range]),
    );
    expect(modes?.filter(({ encoding }) => encoding === "yuy2").map(({ interval }) => interval)).toEqual([
      333_333, 10_000_000,
    ]);
  });

  test("a SuperSpeed endpoint brings what its companion says", () => {
    const isEndpoint = (each: Uint8Array) => each[1] === DescriptorType.ENDPOINT;
    const { streams } = functionOf(changed(usual, isEndpoint, (each) => [...each, 6, 48, 3, 2, 0x00, 0x24]));
    expect(streams[0]?.endpoints.map(({ payloadBytes }) => payloadBytes)).toEqual([0x2400, 0x2400, 0x2400]);
  });

  test("endpoints that send nothing, or to the camera, are none", () => {
    const isEndpoint = (each: Uint8Array) => each[1] === DescriptorType.ENDPOINT;
    for (const change of [
      (each: Uint8Array) => each.with(4, 0).with(5, 0),
      (each: Uint8Array) => each.with(2, 0x01),
      (each: Uint8Array) => each.with(3, 3),
    ]) {
      expect(functionOf(changed(usual, isEndpoint, change)).streams[0]?.endpoints).toEqual([]);
    }
  });
});

describe("the setting of an isochronous stream", () => {
  const endpoints = [1600, 192, 3072, 800].map(
    (payloadBytes, index): StreamEndpoint => ({
      alternateSetting: index + 1,
      address: 0x81,
      type: "isochronous",
      payloadBytes,
      interval: 1,
    }),
  );

  test.each([
    [1, 2],
    [192, 2],
    [193, 4],
    [800, 4],
    [3072, 3],
  ])("for payloads of %i bytes is %i: the smallest that has room", (payloadBytes, setting) => {
    expect(chooseEndpoint(endpoints, payloadBytes).alternateSetting).toBe(setting);
  });

  test("is none for payloads that no setting has room for", () => {
    expect(payloadOf(() => chooseEndpoint(endpoints, 3073))).toEqual({
      tag: "unsupported",
      val: "The camera asks for payloads of 3073 bytes, and its largest setting has 3072; use another mode.",
    });
  });
});
