import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checksumOf, parseSentence, type Sentence, SentenceFinder } from "../src/sentence.ts";

const seed = 20_261_130;
const bytesOf = (text: string) => Uint8Array.from(text, (each) => each.charCodeAt(0));
/** As in many a manual. */
const gga = "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47";

/** All sentences of what comes in pieces. */
function found(bytes: Uint8Array, piece: number): Sentence[] {
  const finder = new SentenceFinder();
  const all: Sentence[] = [];
  const take = (more: Uint8Array) => {
    for (let next = finder.push(more); next !== undefined; next = finder.push(new Uint8Array()))
      all.push(next);
  };
  for (let at = 0; at < bytes.length; at += piece) take(bytes.subarray(at, at + piece));
  return all;
}

describe("sentences", () => {
  test("of the manuals have their checksums", () => {
    expect(parseSentence(gga)).toEqual({
      ...{ talker: "GP", type: "GGA" },
      fields: "123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,".split(","),
    });
    expect(
      parseSentence("$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A"),
    ).toMatchObject({
      ...{ talker: "GP", type: "RMC" },
    });
    expect(parseSentence("$GPGLL,5057.970,N,00146.110,E,142451,A*27")).toMatchObject({ type: "GLL" });
  });

  test.each([
    ["another checksum", gga.replace("*47", "*48")],
    ["no checksum", gga.slice(0, -3)],
    ["a checksum of one digit", gga.slice(0, -1)],
    ["a checksum in small letters that is wrong", gga.replace("*47", "*4a")],
    ["no beginning", gga.slice(1)],
    ["a proprietary sentence", "$PUBX,41,1,0007,0003,19200,0*25"],
    ["a talker that is no receiver", "$HEHDT,90.0,T*2B"],
    ["a character that is none", gga.replace("N", "\u0001")],
    ["nothing", "$*00"],
  ])("%s is none", (_, line) => {
    expect(parseSentence(line)).toBeUndefined();
  });

  test.each(["GP", "GA", "GB", "GI", "GL", "GN", "GQ"])("the talker %s is one", (talker) => {
    const body = `${talker}GGA,,,,,,0,,,,,,,,`;
    const line = `$${body}*${checksumOf(body).toString(16).padStart(2, "0")}`;
    expect(parseSentence(line)).toMatchObject({ talker, type: "GGA" });
  });

  test("are found in any pieces, between anything", () => {
    const junk = fc.string({
      maxLength: 20,
      unit: fc.constantFrom("\r", "\n", "x", ",", "*", "\u00ff", "4"),
    });
    fc.assert(
      fc.property(
        fc.array(junk, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 100 }),
        (between, piece) => {
          const text = between.map((each) => `${each}${gga}\r\n`).join("");
          expect(found(bytesOf(text), piece)).toHaveLength(between.length);
        },
      ),
      { seed, numRuns: 300 },
    );
  });

  test("one that was cut off by the next costs only itself", () => {
    const text = `${gga.slice(0, 30)}${gga}\r\n${gga}\r${gga.slice(0, 20)}\n${gga}\n`;
    expect(found(bytesOf(text), 7)).toHaveLength(3);
  });

  test("one wrong bit between its borders is no sentence", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: gga.length - 4 }),
        fc.integer({ min: 0, max: 7 }),
        (index, bit) => {
          const bytes = bytesOf(gga);
          bytes[index]! ^= 1 << bit;
          const [sentence] = found(Uint8Array.of(...bytes, 13, 10), 1000);
          expect(sentence).toBeUndefined();
        },
      ),
      { seed, numRuns: 500 },
    );
  });

  test("a line without an end keeps no memory", () => {
    const finder = new SentenceFinder();
    for (let count = 0; count < 1000; count += 1) {
      expect(finder.push(bytesOf(`${count === 0 ? "$" : ""}${"x".repeat(1000)}`))).toBeUndefined();
    }
    expect(finder.push(bytesOf(`\r\n${gga}\r\n`))).toBeDefined();
  });

  test("anything at all is nothing, or a sentence whose checksum is right", () => {
    const characters = fc.constantFrom(..."$GPNLAB*,.0123456789ABCDEF\r\n");
    const text = fc.oneof(fc.string({ unit: characters, maxLength: 200 }), fc.string({ maxLength: 200 }));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 50 }), (sent, piece) => {
        for (const { talker, type, fields } of found(bytesOf(sent), piece)) {
          const body = [`${talker}${type}`, ...fields].join(",");
          expect(sent.toUpperCase()).toContain(
            `$${body}*${checksumOf(body).toString(16).padStart(2, "0")}`.toUpperCase(),
          );
        }
      }),
      { seed, numRuns: 3000 },
    );
  });
});
