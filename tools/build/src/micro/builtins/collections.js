// ECMA-262 24.1 and 24.2. A key is looked for from the first one on: drivers have few.

install(globalThis, {
  Map: class {
    constructor(entries = []) {
      this.pairs = [];
      for (const [key, value] of entries) this.set(key, value);
    }

    get size() {
      return this.pairs.length;
    }

    get(key) {
      const pair = this.pairs[this.placeOf(key)];
      return pair === undefined ? undefined : pair[1];
    }

    set(key, value) {
      const pair = this.pairs[this.placeOf(key)];
      if (pair === undefined) this.pairs.push([key, value]);
      else pair[1] = value;
      return this;
    }

    has(key) {
      return this.placeOf(key) >= 0;
    }

    delete(key) {
      const place = this.placeOf(key);
      if (place < 0) return false;
      this.pairs.splice(place, 1);
      return true;
    }

    clear() {
      this.pairs = [];
    }

    forEach(each) {
      this.entries().forEach(([key, value]) => {
        each(value, key, this);
      });
    }

    entries() {
      return this.pairs.map((pair) => pair.slice());
    }

    keys() {
      return this.pairs.map((pair) => pair[0]);
    }

    values() {
      return this.pairs.map((pair) => pair[1]);
    }

    "@@iterator"() {
      return this.entries();
    }

    placeOf(key) {
      for (let place = 0; place < this.pairs.length; place += 1) {
        const each = this.pairs[place][0];
        if ($isSame(each, key)) return place;
      }
      return -1;
    }
  },

  Set: class {
    constructor(values = []) {
      this.items = [];
      for (const value of values) this.add(value);
    }

    get size() {
      return this.items.length;
    }

    add(value) {
      if (!this.has(value)) this.items.push(value);
      return this;
    }

    has(value) {
      return this.items.some((each) => $isSame(each, value));
    }

    delete(value) {
      const place = this.items.findIndex((each) => $isSame(each, value));
      if (place < 0) return false;
      this.items.splice(place, 1);
      return true;
    }

    clear() {
      this.items = [];
    }

    forEach(each) {
      this.values().forEach((value) => {
        each(value, value, this);
      });
    }

    entries() {
      return this.items.map((value) => [value, value]);
    }

    keys() {
      return this.values();
    }

    values() {
      return this.items.slice();
    }

    "@@iterator"() {
      return this.values();
    }
  },
});
