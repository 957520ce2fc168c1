/** The driver, transfer by transfer. */

import { payload as payloadOf } from "@busbar/contract";
import { describe, expect, test } from "vitest";
import { DEPTHS, negotiation, openFake, probeAnswer } from "./fake-camera.ts";
import { payload, picture } from "./support.ts";

/** The first mode of the simulated camera, and what starting and stopping it takes. */
const FIRST = [1, 1, 333_333] as const;
const started = [...negotiation(...FIRST), { setAlternateSetting: [1, 2] as const }];
const stopped = { setAlternateSetting: [1, 0] as const };
const whole = (number: number) => payload({ fid: (number & 1) as 0 | 1, eof: true }, picture(number));

describe("opening", () => {
  test("claims both interfaces, reads no more than the descriptors, and gives all back", () => {
    const { playback, driver } = openFake([]);
    const camera = driver();
    expect([...playback.claimed]).toEqual([0, 1]);
    expect(camera.info).toEqual({
      vendorId: 0x1209,
      productId: 5,
      vendor: "",
      product: "",
      serialNumber: "",
    });
    expect(camera.modes).toHaveLength(5);
    camera.close();
    camera.close();
    expect([playback.claimed.size, playback.opened]).toEqual([0, 0]);
    playback.done();
  });

  test("is the wrong device without a video interface", () => {
    const none = Uint8Array.of(9, 2, 18, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, 0, 8, 6, 0x50, 0);
    expect(payloadOf(openFake([], [], { configuration: none }).driver).tag).toBe("wrong-device");
  });

  test("is unsupported where it knows none of the formats", () => {
    const control = Uint8Array.of(9, 2, 18, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, 0, 14, 1, 0, 0);
    expect(payloadOf(openFake([], [], { configuration: control }).driver)).toEqual({
      tag: "unsupported",
      val: "The camera has no Motion JPEG and no YUY2 pictures; use another camera.",
    });
  });
});

describe("starting", () => {
  test("asks, looks, commits, and chooses the setting that has room", () => {
    const { playback, driver, submitted } = openFake([...started, stopped]);
    const camera = driver();
    camera.start(0);
    expect(submitted).toEqual(Array(DEPTHS.isochronous).fill(["isochronous", 0x81, 1024]));
    camera.stop();
    camera.stop();
    camera.close();
    playback.done();
  });

  test("another mode stops the first", () => {
    const second = [...negotiation(2, 1, 666_666, 3000), { setAlternateSetting: [1, 3] as const }];
    const { playback, driver, underWay } = openFake([...started, stopped, ...second, stopped]);
    const camera = driver();
    camera.start(0);
    camera.start(4);
    expect(underWay()).toBe(DEPTHS.isochronous);
    camera.close();
    expect(underWay()).toBe(0);
    playback.done();
  });

  test("a mode that there is not reaches no device", () => {
    const { playback, driver } = openFake([]);
    const camera = driver();
    expect(payloadOf(() => camera.start(5))).toEqual({
      tag: "invalid-argument",
      val: "There is no mode 5; the camera has the modes 0 to 4.",
    });
    expect(payloadOf(() => camera.nextFrame(0)).tag).toBe("invalid-argument");
    playback.done();
  });

  test.each<[string, number[], string]>([
    ["another size", probeAnswer(1, 2, 333_333, 1024), "unsupported"],
    ["another format", probeAnswer(2, 1, 333_333, 1024), "unsupported"],
    ["payloads of nothing", probeAnswer(...FIRST, 0), "protocol"],
    ["less than a probe", [1, 0, 1], "protocol"],
  ])("a camera that answers with %s is not committed", (_, answer, tag) => {
    const [probe, read] = negotiation(...FIRST);
    const { playback, driver } = openFake([probe!, { ...read!, in: answer } as never]);
    expect(payloadOf(() => driver().start(0)).tag).toBe(tag);
    playback.done();
  });

  test("payloads that no setting has room for are unsupported", () => {
    const { playback, driver } = openFake(negotiation(...FIRST, 4000));
    expect(payloadOf(() => driver().start(0)).tag).toBe("unsupported");
    playback.done();
  });

  test("a probe that is refused is a protocol error, and the camera can be started again", () => {
    const [probe] = negotiation(...FIRST);
    const { playback, driver } = openFake([{ ...probe!, error: "pipe" }, ...started]);
    const camera = driver();
    expect(payloadOf(() => camera.start(0)).tag).toBe("protocol");
    camera.start(0);
    playback.done();
  });

  test("a host without isochronous transfers refuses with a sentence, and the setting is put back", () => {
    const { playback, driver } = openFake([...started, stopped], [], { submitError: "not-supported" });
    const camera = driver();
    expect(payloadOf(() => camera.start(0))).toEqual({
      tag: "unsupported",
      val: "The camera needs isochronous transfers, which this host does not have; run it on busbar-wasmtime.",
    });
    expect(payloadOf(() => camera.nextFrame(0)).tag).toBe("invalid-argument");
    playback.done();
  });

  test("a host that does not tell packets apart is unsupported", () => {
    const { driver } = openFake(started, [[whole(0)]], { shape: "proposal" });
    const camera = driver();
    camera.start(0);
    expect(payloadOf(() => camera.nextFrame(100)).tag).toBe("unsupported");
  });

  test("uncompressed pictures above the limit are unsupported before the camera is asked", () => {
    const { playback, driver } = openFake([], [], { options: { maximumFrameKib: 16 } });
    expect(payloadOf(() => driver().start(4))).toEqual({
      tag: "unsupported",
      val: "A picture of this mode has 38400 bytes, and 16384 are allowed; set maximum-frame-kib to 38.",
    });
    playback.done();
  });
});

describe("isochronous pictures", () => {
  const running = (...brought: Parameters<typeof openFake>[1] & {}) => {
    const fake = openFake([...started, stopped], brought);
    const camera = fake.driver();
    camera.start(0);
    return { ...fake, camera };
  };

  test("come out of their packets, several of one transfer one by one", () => {
    const { camera, playback } = running(
      [payload({}, picture(0).subarray(0, 5)), new Uint8Array()],
      [payload({ eof: true }, picture(0).subarray(5)), whole(1), whole(2)],
    );
    const frames = [0, 1, 2].map(() => camera.nextFrame(1000)!);
    expect(frames.map(({ data, sequence }) => [sequence, data])).toEqual(
      [0, 1, 2].map((number) => [number, picture(number)]),
    );
    expect(frames.map(({ timeMs }) => timeMs)).toEqual([8, 8, 8]);
    camera.close();
    playback.done();
  });

  test("are none when none came in time", () => {
    const { camera, clock } = running([payload({}, picture(0))]);
    expect(camera.nextFrame(20)).toBeUndefined();
    expect(clock.nowMs).toBe(20);
    expect(camera.nextFrame(0)).toBeUndefined();
    expect(clock.nowMs).toBe(24);
  });

  test("of which a packet was lost are left out", () => {
    const { camera } = running([payload({}, picture(0)), "lost", payload({ eof: true }, [1]), whole(1)]);
    expect(camera.nextFrame(1000)).toMatchObject({ sequence: 1, data: picture(1) });
  });

  test("of a transfer that timed out are left out up to the next", () => {
    const { camera } = running([payload({}, picture(0))], "timeout", [payload({ eof: true }, [1]), whole(1)]);
    expect(camera.nextFrame(1000)).toMatchObject({ sequence: 1, data: picture(1) });
  });

  test("that nobody fetched in time are not mixed with later ones", () => {
    const queued = Array.from({ length: DEPTHS.isochronous - 1 }, () => []);
    const { camera, clock } = running(
      [payload({}, picture(0))],
      ...queued,
      [payload({ eof: true }, [1]), payload({ fid: 1 }, picture(3))],
      [payload({ fid: 1, eof: true }, [7])],
    );
    // 64 ms of packets were under way; what came after them is lost, and what comes after that is not.
    clock.nowMs += 65;
    expect(camera.nextFrame(1000)).toMatchObject({ sequence: 1, data: Uint8Array.of(...picture(3), 7) });
  });

  test("are not mixed after several pauses either, each with its own gap", () => {
    const queued = Array.from({ length: DEPTHS.isochronous - 2 }, () => []);
    const { camera, clock } = running(
      [whole(0)],
      [payload({ fid: 1 }, picture(1))],
      ...queued,
      // After the first pause, in the middle of another picture with the same FID.
      [payload({ fid: 1, eof: true }, [1])],
      [whole(4), whole(5)],
    );
    clock.nowMs += 65;
    expect(camera.nextFrame(1000)).toMatchObject({ sequence: 0, timeMs: 69 });
    clock.nowMs += 65;
    expect(camera.nextFrame(1000)).toMatchObject({ sequence: 2, data: picture(5) });
  });

  test("that were received together have one time, whenever they are fetched", () => {
    const { camera, clock } = running([whole(0), whole(1)]);
    expect(camera.nextFrame(1000)?.timeMs).toBe(4);
    clock.nowMs += 10;
    expect(camera.nextFrame(1000)?.timeMs).toBe(4);
  });

  test("fetched just in time are whole", () => {
    const queued = Array.from({ length: DEPTHS.isochronous - 1 }, () => []);
    const { camera, clock } = running([payload({}, picture(0))], ...queued, [payload({ eof: true }, [1])]);
    clock.nowMs += 64;
    expect(camera.nextFrame(1000)).toMatchObject({ sequence: 0, data: Uint8Array.of(...picture(0), 1) });
  });

  test("of a camera that is gone are disconnected", () => {
    const { camera } = running([whole(0)], "no-device");
    expect(camera.nextFrame(1000)?.sequence).toBe(0);
    expect(payloadOf(() => camera.nextFrame(1000)).tag).toBe("disconnected");
    expect(() => camera.close()).not.toThrow();
  });

  test("that are damaged sixty times in a row are a protocol error, until a whole one comes", () => {
    const damaged = (number: number) => payload({ fid: (number & 1) as 0 | 1, eof: true, error: true }, [1]);
    const { camera } = running(
      Array.from({ length: 59 }, (_, number) => damaged(number)),
      [damaged(59)],
      [whole(60)],
    );
    expect(payloadOf(() => camera.nextFrame(1000))).toEqual({
      tag: "protocol",
      val: "The camera sent 60 damaged pictures in a row; use a smaller mode, or another cable or port.",
    });
    expect(camera.nextFrame(1000)).toMatchObject({ sequence: 60 });
  });

  test("without any header are a protocol error", () => {
    const nonsense = Array.from({ length: 32 }, () => Uint8Array.of(0, 1, 2));
    const { camera } = running(...Array.from({ length: 63 }, () => nonsense));
    expect(payloadOf(() => camera.nextFrame(10_000)).val).toMatch(
      /^The camera sent 20\d\d payloads without a header/,
    );
  });
});

describe("bulk pictures", () => {
  const bulkStarted = negotiation(1, 1, 333_333, 3000);
  const running = (
    steps: Parameters<typeof openFake>[0],
    ...brought: Parameters<typeof openFake>[1] & {}
  ) => {
    const fake = openFake([...bulkStarted, ...steps], brought, { transfer: "bulk" });
    const camera = fake.driver();
    camera.start(0);
    return { ...fake, camera };
  };

  test("come in transfers of whole packets, and end with the end of a halt", () => {
    const { camera, playback, submitted } = running([{ clearHalt: 0x81 }], whole(0), whole(1));
    expect(submitted).toEqual(Array(DEPTHS.bulk).fill(["bulk", 0x81, 3072]));
    expect(camera.nextFrame(1000)).toMatchObject({ sequence: 0, data: picture(0) });
    expect(camera.nextFrame(1000)).toMatchObject({ sequence: 1, data: picture(1) });
    expect(camera.nextFrame(10)).toBeUndefined();
    camera.close();
    playback.done();
  });

  test("a transfer that brought nothing loses nothing", () => {
    const { camera } = running([], payload({}, picture(0)), "timeout", payload({ eof: true }, [9]));
    expect(camera.nextFrame(1000)?.data).toEqual(Uint8Array.of(...picture(0), 9));
  });

  test("what a transfer had when its time was over is no end of a payload, and its rest is none's beginning", () => {
    const cutShort = payload(
      {},
      Array.from({ length: 1022 }, () => 7),
    );
    // Image bytes that look like a header with the end of a picture.
    const rest = Uint8Array.of(2, 0x82, 9, 9);
    const { camera } = running([], { cutShort }, rest, whole(1), whole(2));
    expect(cutShort).toHaveLength(2 * 512);
    // The first that comes after a gap may have begun in it.
    expect(camera.nextFrame(1000)).toMatchObject({ data: picture(2) });
  });

  test("a halt is ended, and pictures begin anew", () => {
    const behind = ["pipe", "pipe", "timeout"] as const;
    const again = [payload({ eof: true }, [9]), whole(1)];
    const { camera, playback, underWay } = running(
      [{ clearHalt: 0x81 }],
      payload({}, picture(0)),
      "pipe",
      ...behind,
      ...again,
    );
    expect(camera.nextFrame(1000)).toMatchObject({ sequence: 1, data: picture(1) });
    expect(underWay()).toBe(DEPTHS.bulk);
    playback.done();
  });

  test("halts without end are a protocol error", () => {
    const halts = [0, 1, 2].map(() => ({ clearHalt: 0x81 }));
    const { camera, playback } = running(halts, ...Array.from({ length: 16 }, () => "pipe" as const));
    expect(payloadOf(() => camera.nextFrame(1000)).tag).toBe("protocol");
    playback.done();
  });

  test("another failure is told, and the next call goes on with the next whole picture", () => {
    const rest = [payload({ eof: true }, [9]), payload({ fid: 1 }, [9]), whole(2)];
    const { camera } = running([], payload({}, picture(0)), "io", ...rest);
    expect(payloadOf(() => camera.nextFrame(1000)).tag).toBe("bus");
    expect(camera.nextFrame(1000)).toMatchObject({ sequence: 1, data: picture(2) });
  });
});
