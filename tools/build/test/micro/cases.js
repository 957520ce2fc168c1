/**
 * What the built-ins that a driver gets for MicroQuickJS do, and the syntax that is written as ES5: each case is evaluated here, in
 * the engine that runs the tests, and in a driver, and has to be the same.
 */

/** A value as text that tells undefined, -0, NaN and errors apart. */
export function show(value) {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Error) return `${value.name}(${value.message})`;
  if (Array.isArray(value)) return `[${value.map(show).join(",")}]`;
  if (typeof value.subarray === "function") return `bytes[${Array.from(value).map(show).join(",")}]`;
  return `{${Object.keys(value)
    .map((key) => `${key}:${show(value[key])}`)
    .join(",")}}`;
}

/** What a function throws. */
function thrown(body) {
  try {
    return body();
  } catch (error) {
    return { isError: error instanceof Error, name: error.name, cause: error.cause };
  }
}

const bytes = () => Uint8Array.of(3, 1, 2);

class Base {
  static made = 0;
  #secret = 1;
  name = "base";
  constructor(extra = 10) {
    this.extra = extra;
    Base.made += 1;
  }
  get secret() {
    return this.#secret;
  }
  set secret(value) {
    this.#secret = value;
  }
  #hidden() {
    return this.#secret * 100;
  }
  hidden() {
    return this.#hidden();
  }
  static is(it) {
    return #secret in it;
  }
}

class Derived extends Base {
  #secret = 2;
  constructor(...rest) {
    super(...rest);
    this.rest = rest.length;
  }
  get both() {
    return [this.secret, this.#secret];
  }
  hidden() {
    return super.hidden() + this.#secret;
  }
}

class Failure extends RangeError {
  name = "Failure";
  constructor(message, options) {
    super(message, options);
    this.payload = 7;
  }
}

function disposable(log, name, fails = false) {
  return {
    [Symbol.dispose]() {
      log.push(name);
      if (fails) throw new Error(name);
    },
  };
}

export const cases = {
  // Syntax.
  classes: () => {
    const it = new Derived(5, 6);
    it.secret = 3;
    return [it.name, it.extra, it.rest, it.both, it.hidden(), Base.is(it), Base.is({}), it instanceof Base];
  },
  "class expressions": () => {
    const make = (value) =>
      class {
        #value = value;
        read() {
          return this.#value;
        }
      };
    const [One, Two] = [make(1), make(2)];
    return [new One().read(), new Two().read()];
  },
  destructuring: () => {
    const { a, b: { c = 4, ...more } = {}, ...others } = { a: 1, b: { d: 2, e: 3 }, f: 5 };
    const [first, , third = 9, ...rest] = [1, 2, undefined, 4, 5];
    let [x, y] = [1, 2];
    [x, y] = [y, x];
    return [a, c, more, others, first, third, rest, x, y];
  },
  "destructuring of what is no array": () => {
    const [first, ...rest] = new Set([1, 2, 3]);
    const [letter, other] = "a\u{1f600}b";
    const [[key, value]] = new Map([["k", 1]]);
    return [first, rest, letter, other, key, value];
  },
  spread: () => [
    ...[1, 2],
    ..."ab",
    ...bytes(),
    ...new Set([7]),
    ...new Map([[8, 9]]),
    Math.max(...bytes()),
    { ...{ a: 1 }, b: 2, ...null },
  ],
  "new with a spread": () => {
    class Pair {
      constructor(...values) {
        this.values = values;
      }
    }
    class More extends Pair {
      constructor(...values) {
        super(...values);
        this.count = values.length;
      }
    }
    return [
      new Pair(...[]).values,
      new Pair(1, ...[2]).values,
      new Pair(...bytes(), 9).values,
      new More(...[1, 2, 3, 4, 5]),
      new More(...[1, 2, 3, 4, 5]) instanceof Pair,
      new Uint8Array(...[2]).length,
    ];
  },
  "loops and closures": () => {
    const made = [];
    for (let index = 0; index < 3; index += 1) made.push(() => index);
    for (const each of [10, 20]) made.push(() => each);
    return made.map((each) => each());
  },
  "loops over what is no array": () => {
    const seen = [];
    for (const point of "a\u{1f600}") seen.push(point);
    for (const byte of bytes()) seen.push(byte);
    for (const [key, value] of new Map([["a", 1]])) seen.push(key, value);
    for (const key in { x: 1, y: 2 }) seen.push(key);
    for (const [index, item] of ["p", "q"].entries()) seen.push(index, item);
    return seen;
  },
  "labels, switch, finally": () => {
    const log = [];
    outer: for (const a of [1, 2, 3]) {
      for (const b of [1, 2, 3]) {
        if (b === 2) continue outer;
        if (a === 3) break outer;
        switch (a + b) {
          case 2:
            log.push("two");
            break;
          default:
            log.push("other");
        }
      }
    }
    const done = (() => {
      try {
        return "try";
      } finally {
        log.push("finally");
      }
    })();
    return [log, done];
  },
  "catch names": () => {
    const log = [];
    try {
      throw 1;
    } catch (error) {
      try {
        throw 2;
      } catch (error) {
        log.push(error);
      }
      log.push(error);
    }
    try {
      throw { a: 3 };
    } catch ({ a }) {
      log.push(a);
    }
    return log;
  },
  operators: () => {
    const it = { zero: 0, none: null, f: () => 1 };
    it.made ??= 5;
    it.zero ||= 6;
    it.f &&= 7;
    return [it?.none?.a, it.none ?? "n", it.g?.(), 2 ** 10, it, typeof it.nothing, -7 % 3, 1 / -Infinity];
  },
  templates: () => {
    const tag = (texts, ...values) => texts.join("|") + values.join();
    return [`a${1 + 1}b${[3, 4]}`, tag`x${1}y${2}`, `${undefined} ${null} ${{}}`];
  },
  parameters: () => {
    const f = (a, b = a + 1, { c = 3 } = {}, ...rest) => [a, b, c, rest];
    return [f(1), f(1, undefined, { c: 5 }, 6, 7)];
  },
  "this in arrows": () =>
    ({
      value: 4,
      read() {
        return [1].map(() => this.value);
      },
    }).read(),
  "computed names and getters": () => {
    const key = "k";
    const it = {
      [key + 1]: 1,
      get two() {
        return this.k1 + 1;
      },
      "a-b": 3,
    };
    return [it.k1, it.two, it["a-b"]];
  },

  // Errors.
  errors: () => {
    const cause = new Error("inner");
    const it = new Failure("outer", { cause });
    return [
      it instanceof Failure,
      it instanceof RangeError,
      it instanceof Error,
      it.message,
      it.payload,
      it.cause === cause,
      String(it),
      new TypeError("t").name,
      Error("called").message,
    ];
  },
  "errors of the engine": () => [
    thrown(() => undefined.a),
    thrown(() => null()),
    thrown(() => notThere),
    thrown(() => new Array(-1)),
    thrown(() => {
      throw new Error("a", { cause: 1 });
    }),
  ],

  // Disposal.
  using: () => {
    const log = [];
    {
      using a = disposable(log, "a");
      using _ = disposable(log, "b");
      using none = null;
      log.push(typeof a, none);
    }
    return log;
  },
  "using, with errors": () => {
    const log = [];
    const caught = thrown(() => {
      using _ = disposable(log, "a", true);
      using __ = disposable(log, "b", true);
      throw new Error("body");
    });
    return [log, caught.name, caught.isError];
  },
  DisposableStack: () => {
    const log = [];
    const stack = new DisposableStack();
    stack.use(disposable(log, "used"));
    stack.defer(() => log.push("deferred"));
    stack.adopt("adopted", (value) => log.push(value));
    const moved = stack.move();
    stack.dispose();
    log.push(stack.disposed, moved.disposed);
    moved.dispose();
    moved.dispose();
    return [log, moved.disposed, thrown(() => moved.defer(() => {})).name];
  },

  // Object, Number, Math.
  Object: () => [
    Object.entries({ a: 1, b: 2 }),
    Object.values({ a: 1, b: 2 }),
    Object.fromEntries([["a", 1]]),
    Object.fromEntries(new Map([["b", 2]])),
    Object.assign({ a: 1 }, null, { b: 2 }, { a: 3 }),
    Object.hasOwn({ a: 1 }, "a"),
    Object.hasOwn({}, "toString"),
    Object.freeze([1]),
    Object.is(Number.NaN, Number.NaN),
    Object.is(0, -0),
  ],
  Number: () =>
    [1, 1.5, -0, 2 ** 53, 2 ** 53 - 1, Number.NaN, Number.POSITIVE_INFINITY, "1", null].map((it) => [
      Number.isInteger(it),
      Number.isSafeInteger(it),
      Number.isFinite(it),
      Number.isNaN(it),
    ]),
  "numbers as text": () => [
    (0.1).toString(),
    (1e21).toString(),
    (255).toString(16),
    (1.005).toFixed(2),
    (123.456).toPrecision(4),
    (1 / 3).toString(),
    Number("0x1f"),
    Number(""),
    Number("1e3"),
    Number("x"),
    Number.parseInt("12px", 10),
    Number.parseFloat("1.5e2x"),
  ],
  Math: () => [
    Math.hypot(3, 4),
    Math.trunc(-1.5),
    Math.sign(-3),
    Math.log2(8),
    Math.round(-0.5),
    Math.round(2.5),
    Math.imul(0xffffffff, 5),
    Math.fround(5.5),
    Math.abs(-3),
  ],
  "32 bits": () => [1 << 31, -1 >>> 0, -1 >>> 28, (2 ** 32) | 0, 0xffffffff & 0xff, ~5, 5 ^ 3],

  // Text.
  String: () => [
    "abc".at(-1),
    "abc".at(5),
    "abc".includes("b"),
    "abc".includes("a", 1),
    "abc".startsWith("ab"),
    "abc".startsWith("b", 1),
    "abc".endsWith("bc"),
    "abc".endsWith("abcd"),
    "abc".endsWith("b", 2),
    "abc".endsWith("c", 9),
    "7".padStart(3, "0"),
    "7".padStart(4, "ab"),
    "7".padEnd(3),
    "long".padStart(2),
    "a,b".split(","),
    "aXbX".replaceAll("X", "-"),
    " a ".trim(),
    "ab".repeat(2),
    "abc".slice(-2),
    "a\ud800b".toWellFormed(),
    "a\u{1f600}b".toWellFormed(),
    "a\u{1f600}b".length,
    "a\u{1f600}b".codePointAt(1),
    String.fromCharCode(65, 66),
    "Ab".toUpperCase() + "Ab".toLowerCase(),
  ],
  "regular expressions": () => [
    /^(\d+)-(\w)$/.exec("12-a"),
    "a1b2".replace(/\d/g, (digit) => `<${digit}>`),
    "key = value".split(/\s*=\s*/),
    "AbC".match(/[A-Z]/g),
    /a.c/s.test("a\nc"),
    [..."a1b22".matchAll(/\d+/g)].map((match) => match[0]),
    thrown(() => [..."a1".matchAll(/\d/)]),
    /^[a-z][a-z0-9-]*$/i.test("Ab-1"),
  ],
  "JSON as text": () =>
    JSON.stringify({ a: [1, "\u00e9\n", null, undefined, true], b: undefined, c: { d: 0.5 } }),

  // Arrays.
  Array: () => {
    const it = [3, 1, 2];
    return [
      it.at(-1),
      it.find((each) => each < 3),
      it.find((each) => each > 3),
      it.findIndex((each) => each < 2),
      it.findLast((each) => each > 1),
      it.findLastIndex((each) => each > 8),
      it.includes(2),
      [Number.NaN].includes(Number.NaN),
      it.includes(3, 1),
      it.includes(2, -1),
      [1, [2, [3]]].flat(),
      [1, [2, [3, [4]]]].flat(2),
      [1, [2, [3, [4]]]].flat(Number.POSITIVE_INFINITY),
      [1, [2]].flat(0),
      [1, 2].flatMap((each) => [each, [each * 2]]),
      it.toSorted((a, b) => a - b),
      it.toReversed(),
      it.with(1, 9),
      it,
      new Array(3).fill(7),
      [1, 2, 3, 4].fill(0, 1, 3),
      [1, 2, 3].fill(0, -1),
      Array.from("ab", (each, index) => each + index),
      Array.from({ length: 2 }, (_, index) => index),
      Array.from(new Set([1])),
      Array.of(1, 2),
      Array.from([..."ab"].keys()),
      [...["x"].entries()],
      [..."xy"].indexOf("y"),
      it.some((each) => each > 2),
      it.every((each) => each > 2),
      it.reduce((sum, each) => sum + each, 0),
      it.join("-"),
      it.concat([4], 5),
      it.slice(1),
      [5, 1, 10].sort(),
      [1, 2, 3].reduceRight((all, each) => all + each, ""),
    ];
  },
  "arrays that change": () => {
    const it = [1, 2, 3, 4];
    const removed = it.splice(1, 2, "x");
    it.push(5);
    it.unshift(0);
    return [removed, it, it.pop(), it.shift(), it.reverse(), it.length];
  },
  "typed arrays": () => {
    const it = Uint8Array.of(3, 1, 2, 255);
    return [
      it,
      Uint8Array.from([1, 256, -1]),
      Uint8Array.from(new Set([4])),
      Uint16Array.from([1, 65_536]),
      Float64Array.of(0.5),
      it.slice(1, 3),
      it.slice(-1),
      it.subarray(2),
      it.map((each) => each + 1),
      it.filter((each) => each > 1),
      it.find((each) => each < 3),
      it.findIndex((each) => each > 200),
      it.findLast((each) => each < 3),
      it.lastIndexOf(9),
      it.lastIndexOf(3, 0),
      it.lastIndexOf(2, 1),
      it.indexOf(2),
      it.includes(1),
      it.includes(1, 2),
      it.at(-1),
      it.some((each) => each > 200),
      it.every((each) => each > 0),
      it.reduce((sum, each) => sum + each),
      it.reduce((sum, each) => sum + each, 1),
      new Uint8Array(3).fill(9, 1),
      Uint8Array.of(1, 2).reverse(),
      it.join(),
      it.length,
      it.byteLength,
      it.subarray(1).byteOffset,
      new Uint8Array(Uint16Array.of(0x1234).buffer),
      [...it.entries()].length,
      [...it.keys()],
      it.toReversed(),
      it.toSorted(),
    ];
  },
  "typed arrays that change": () => {
    const it = new Uint8Array(5);
    it.set([1, 2], 1);
    it.set(Uint8Array.of(9), 4);
    it[0] = 300;
    const seen = [];
    it.forEach((each, index) => {
      seen.push(each * index);
    });
    return [it, seen];
  },
  DataView: () => {
    const view = new DataView(new ArrayBuffer(16), 2, 12);
    view.setUint16(0, 0x1234);
    view.setUint16(2, 0x1234, true);
    view.setInt8(4, -2);
    view.setUint32(5, 0xdeadbeef);
    return [
      view.byteLength,
      view.byteOffset,
      view.getUint16(0),
      view.getUint16(0, true),
      view.getInt16(2),
      view.getInt8(4),
      view.getUint8(4),
      view.getUint32(5),
      view.getInt32(5),
      view.getUint32(5, true),
      view.getInt32(5, true),
      thrown(() => view.getUint16(11)).name,
      thrown(() => view.getUint8(-1)).name,
      thrown(() => view.setUint32(10, 1)).name,
    ];
  },
  "DataView, with fractions": () => {
    const view = new DataView(new ArrayBuffer(24));
    view.setFloat32(0, 1.5);
    view.setFloat32(4, -0.1, true);
    view.setFloat64(8, Math.PI);
    view.setFloat64(16, 5e-324, true);
    return [
      new Uint8Array(view.buffer),
      view.getFloat32(0),
      view.getFloat32(4, true),
      view.getFloat64(8),
      view.getFloat64(16, true),
      view.getFloat32(4),
    ];
  },

  // Collections.
  Map: () => {
    const it = new Map([
      ["a", 1],
      [Number.NaN, 2],
    ]);
    it.set("b", 3).set("a", 4);
    const seen = [];
    it.forEach((value, key) => {
      seen.push(key, value);
    });
    const emptied = new Map(it);
    emptied.clear();
    return [
      it.size,
      it.get("a"),
      it.get(Number.NaN),
      it.get("z"),
      it.has("b"),
      it.delete("b"),
      it.delete("b"),
      seen,
      [...it],
      [...it.keys()],
      [...it.values()],
      [...new Map(it).entries()],
      emptied.size,
    ];
  },
  Set: () => {
    const it = new Set([1, 1, Number.NaN, Number.NaN]);
    it.add(2);
    const seen = [];
    it.forEach((value) => {
      seen.push(value);
    });
    return [it.size, it.has(1), it.delete(Number.NaN), it.has(Number.NaN), seen, [...it], [...it.values()]];
  },
};
