// ECMA-262 23.1.2 and 23.1.3. What gives iterators there gives arrays here, which are gone through in the same way.

install(Array, {
  from(source, map) {
    const items =
      Array.isArray(source) || typeof source === "string" || source["@@iterator"] !== undefined
        ? $arrayOf(source)
        : $elements(source);
    return map === undefined ? items.slice() : items.map((item, index) => map(item, index));
  },

  of(...items) {
    return items;
  },
});

install(Array.prototype, {
  at(index) {
    return this[index < 0 ? this.length + index : index];
  },

  entries() {
    return this.map((item, index) => [index, item]);
  },

  fill(value, start = 0, end = this.length) {
    const [first, last] = $range(this, start, end);
    for (let index = first; index < last; index += 1) this[index] = value;
    return this;
  },

  find(predicate) {
    return this[this.findIndex(predicate)];
  },

  findIndex(predicate) {
    for (let index = 0; index < this.length; index += 1)
      if (predicate(this[index], index, this)) return index;
    return -1;
  },

  findLast(predicate) {
    return this[this.findLastIndex(predicate)];
  },

  findLastIndex(predicate) {
    for (let index = this.length - 1; index >= 0; index -= 1)
      if (predicate(this[index], index, this)) return index;
    return -1;
  },

  flat(depth = 1) {
    let items = this.slice();
    for (let left = depth; left >= 1 && items.some((item) => Array.isArray(item)); left -= 1)
      items = $joined(items);
    return items;
  },

  flatMap(map) {
    return $joined(this.map((item, index) => map(item, index, this)));
  },

  includes(item, from = 0) {
    return this.slice(from).some((each) => $isSame(each, item));
  },

  keys() {
    return this.map((_, index) => index);
  },

  toReversed() {
    return this.slice().reverse();
  },

  toSorted(compare) {
    return this.slice().sort(compare);
  },

  toSpliced(...given) {
    const items = this.slice();
    items.splice(...given);
    return items;
  },

  values() {
    return this;
  },

  with(index, value) {
    const items = this.slice();
    items[index < 0 ? this.length + index : index] = value;
    return items;
  },
});

install(globalThis, {
  /** ECMA-262 23.1.3.7, steps 3 to 12: two places, of which a negative one counts from the end. */
  $range(list, start, end) {
    return [start, end].map((place) =>
      place < 0 ? Math.max(list.length + place, 0) : Math.min(place, list.length),
    );
  },

  /** The items of an array, and those of the arrays among them. */
  $joined(items) {
    return items.reduce((all, item) => all.concat(item), []);
  },
});
