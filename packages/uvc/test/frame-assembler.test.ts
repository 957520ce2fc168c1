import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BulkPayloads, FrameAssembler, parsePayloadHeader } from "../src/index.ts";
import { payload, picture } from "./support.ts";

const rules = { maximumBytes: 1000, isPicture: (data: Uint8Array) => data[0] === 0xff && data[1] === 0xd8 };
const open = () => new FrameAssembler(rules);

function taken(assembler: FrameAssembler): [number, Uint8Array][] {
  const frames: [number, Uint8Array][] = [];
  for (let frame = assembler.take(); frame !== undefined; frame = assembler.take()) {
    frames.push([frame.sequence, frame.data]);
  }
  return frames;
}

describe("a payload's header", () => {
  test("says what it says", () => {
    expect(
      parsePayloadHeader(payload({ fid: 1, eof: true, error: true, still: true, clock: true }, [7])),
    ).toEqual({
      length: 12,
      frameId: 1,
      endOfFrame: true,
      stillImage: true,
      error: true,
    });
    expect(parsePayloadHeader(Uint8Array.of(2, 0x80))).toEqual({
      length: 2,
      frameId: 0,
      endOfFrame: false,
      stillImage: false,
      error: false,
    });
  });

  test("can be longer than its fields", () => {
    expect(parsePayloadHeader(Uint8Array.of(4, 0x81, 9, 9, 1))?.length).toBe(4);
  });

  test.each([
    ["nothing", []],
    ["one byte", [2]],
    ["a length of 0", [0, 0x80, 1]],
    ["a length of 1", [1, 0x80, 1]],
    ["more than there is", [3, 0x80]],
    ["less than a presentation time", [5, 0x84, 0, 0, 0, 0, 0]],
    ["less than both clocks", [11, 0x8c, ...Array<number>(20).fill(0)]],
  ])("is none with %s", (_, header) => {
    expect(parsePayloadHeader(Uint8Array.from(header))).toBeUndefined();
  });
});

describe("pictures", () => {
  test("end with EOF", () => {
    const assembler = open();
    assembler.addPayload(payload({ clock: true }, picture(0).subarray(0, 4)));
    assembler.addPayload(payload({}, picture(0).subarray(4, 4)));
    expect(taken(assembler)).toEqual([]);
    assembler.addPayload(payload({ eof: true }, picture(0).subarray(4)));
    expect(taken(assembler)).toEqual([[0, picture(0)]]);
  });

  test("end with a change of FID where there is no EOF", () => {
    const assembler = open();
    assembler.addPayload(payload({ fid: 1 }, picture(0)));
    assembler.addPayload(payload({ fid: 0 }, picture(1)));
    assembler.addPayload(payload({ fid: 1 }));
    expect(taken(assembler)).toEqual([
      [0, picture(0)],
      [1, picture(1)],
    ]);
  });

  test("have nothing of what comes after their end, nor of bare headers", () => {
    const assembler = open();
    assembler.addPayload(payload({ eof: true }, picture(0)));
    assembler.addPayload(payload({}, picture(9)));
    assembler.addPayload(payload({ eof: true }));
    assembler.addPayload(payload({ fid: 1 }));
    assembler.addPayload(payload({ fid: 0, eof: true }));
    assembler.addPayload(payload({ fid: 1, eof: true }, picture(1)));
    expect(taken(assembler)).toEqual([
      [0, picture(0)],
      [1, picture(1)],
    ]);
  });

  const whole = (fid: 0 | 1, number: number) => payload({ fid, eof: true }, picture(number));
  test.each<[string, (assembler: FrameAssembler) => void]>([
    ["with ERR", (each) => each.addPayload(payload({ fid: 1, error: true, eof: true }, picture(1)))],
    [
      "with a lost packet",
      (each) => {
        each.addPayload(payload({ fid: 1 }, picture(1)));
        each.lose();
        each.addPayload(payload({ fid: 1, eof: true }, [1]));
      },
    ],
    [
      "with a payload that has no header",
      (each) => {
        each.addPayload(payload({ fid: 1 }, picture(1)));
        each.addPayload(Uint8Array.of(200, 1));
        each.addPayload(payload({ fid: 1, eof: true }, [1]));
      },
    ],
    ["that begin otherwise", (each) => each.addPayload(payload({ fid: 1, eof: true }, [1, 2, 3]))],
    ["that are too long", (each) => each.addPayload(payload({ fid: 1, eof: true }, picture(1, 1001)))],
    [
      "of which only the end came",
      (each) => each.addPayload(payload({ fid: 1, eof: true }, picture(1).subarray(3))),
    ],
  ])("%s are left out and counted", (_, spoil) => {
    const assembler = open();
    assembler.addPayload(whole(0, 0));
    spoil(assembler);
    expect(assembler.damagedInARow).toBe(1);
    assembler.addPayload(whole(0, 2));
    expect(assembler.damagedInARow).toBe(0);
    expect(taken(assembler)).toEqual([
      [0, picture(0)],
      [2, picture(2)],
    ]);
  });

  test("that are still images are not of the stream", () => {
    const assembler = open();
    assembler.addPayload(whole(0, 0));
    assembler.addPayload(payload({ fid: 1, still: true }, picture(1)));
    assembler.addPayload(payload({ fid: 1, eof: true }, [3]));
    assembler.addPayload(whole(0, 2));
    expect(taken(assembler).map(([sequence]) => sequence)).toEqual([0, 1]);
    expect(assembler.damagedInARow).toBe(0);
  });

  test("after a gap begin with the next change of FID", () => {
    const assembler = open();
    assembler.addPayload(payload({}, picture(0)));
    assembler.skip();
    assembler.addPayload(payload({ fid: 0, eof: true }, picture(4)));
    assembler.addPayload(payload({ fid: 0, eof: true }, picture(5)));
    expect(taken(assembler)).toEqual([]);
    assembler.addPayload(whole(1, 6));
    expect(taken(assembler)).toEqual([[1, picture(6)]]);
  });

  test("as long as they may be are whole", () => {
    const assembler = open();
    assembler.addPayload(payload({ eof: true }, picture(0, 1000)));
    expect(taken(assembler)).toEqual([[0, picture(0, 1000)]]);
  });

  test("do not share memory", () => {
    const assembler = open();
    assembler.addPayload(whole(0, 0));
    assembler.addPayload(whole(1, 1));
    const [[, first], [, second]] = taken(assembler) as [[number, Uint8Array], [number, Uint8Array]];
    expect([first, second]).toEqual([picture(0), picture(1)]);
    expect(first.buffer.byteLength).toBe(first.length);
  });
});

test("payloads without a header are counted until one has one", () => {
  const assembler = open();
  for (let count = 0; count < 5; count += 1) assembler.addPayload(Uint8Array.of(0));
  expect(assembler.malformedInARow).toBe(5);
  assembler.addPayload(payload({}));
  expect(assembler.malformedInARow).toBe(0);
});

/** Pictures, cut into payloads at any places. */
const cutPictures = fc.array(
  fc.record({
    length: fc.integer({ min: 2, max: 900 }),
    piece: fc.integer({ min: 1, max: 300 }),
    eof: fc.boolean(),
    clock: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

test("pictures come out as they went in, however they are cut", () => {
  const property = fc.property(cutPictures, (pictures) => {
    const assembler = open();
    for (const [number, { length, piece, eof, clock }] of pictures.entries()) {
      const fid = (number & 1) as 0 | 1;
      const data = picture(number, length);
      for (let at = 0; at < length; at += piece) {
        const isLast = at + piece >= length;
        assembler.addPayload(payload({ fid, clock, eof: eof && isLast }, data.subarray(at, at + piece)));
      }
    }
    assembler.addPayload(payload({ fid: (pictures.length & 1) as 0 | 1 }));
    expect(taken(assembler)).toEqual(pictures.map(({ length }, number) => [number, picture(number, length)]));
  });
  fc.assert(property, { seed: 1, numRuns: 2000 });
});

describe("bulk transfers", () => {
  test("give the same pictures, however long transfers and payloads are", () => {
    const sizes = fc.record({
      packetBytes: fc.constantFrom(8, 64),
      packets: fc.integer({ min: 1, max: 4 }),
      payloadPackets: fc.integer({ min: 1, max: 9 }),
    });
    const property = fc.property(cutPictures, sizes, (pictures, { packetBytes, packets, payloadPackets }) => {
      const asked = packetBytes * packets;
      // A payload as long as they can be ends with its length, so that it is a whole number of transfers.
      const maximum = asked * payloadPackets;
      const assembler = open();
      const payloads = new BulkPayloads(assembler, maximum);
      for (const [number, { length }] of pictures.entries()) {
        const data = picture(number, length);
        const most = maximum - 2;
        for (let at = 0; at < length; at += most) {
          const whole = payload(
            { fid: (number & 1) as 0 | 1, eof: at + most >= length },
            data.subarray(at, at + most),
          );
          for (let from = 0; from < whole.length; from += asked) {
            payloads.add(whole.subarray(from, from + asked), asked);
          }
          // USB 2.0 section 5.8.3: a transfer that could go on is ended by a zero-length packet.
          if (whole.length % asked === 0 && whole.length < maximum) payloads.add(new Uint8Array(), asked);
        }
      }
      expect(taken(assembler)).toEqual(
        pictures.map(({ length }, number) => [number, picture(number, length)]),
      );
    });
    fc.assert(property, { seed: 2, numRuns: 2000 });
  });

  test("that fail lose what comes until the next short packet, and the picture", () => {
    const assembler = open();
    const payloads = new BulkPayloads(assembler, 64);
    payloads.add(payload({ fid: 0, eof: true }, picture(0)), 16);
    payloads.add(payload({ fid: 1 }, picture(1, 14)), 16);
    payloads.lose();
    payloads.add(picture(1, 16), 16);
    payloads.add(picture(1, 3), 16);
    payloads.add(payload({ fid: 1, eof: true }, [1, 2]), 16);
    payloads.add(payload({ fid: 0, eof: true }, picture(2)), 16);
    expect(taken(assembler)).toEqual([
      [0, picture(0)],
      [2, picture(2)],
    ]);
  });

  test("after a halt begin with a payload", () => {
    const assembler = open();
    const payloads = new BulkPayloads(assembler, 64);
    payloads.add(payload({ fid: 1 }, picture(1, 14)), 16);
    payloads.restart();
    payloads.add(payload({ fid: 1, eof: true }, picture(1)), 16);
    payloads.add(payload({ fid: 0, eof: true }, picture(2)), 16);
    expect(taken(assembler)).toEqual([[1, picture(2)]]);
  });
});
