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
    for (let index = start; index < end; index += 1) this[index] = value;
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
    for (let index = this.length - 1; index >= 0; index -= 1)
      if (predicate(this[index], index, this)) return this[index];
  },

  flat() {
    return $joined(this);
  },

  flatMap(map) {
    return $joined(this.map((item, index) => map(item, index, this)));
  },

  includes(item) {
    return this.some((each) => $isSame(each, item));
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

  values() {
    return this;
  },
});

install(globalThis, {
  /** The items of an array, and those of the arrays among them. */
  $joined(items) {
    return items.reduce((all, item) => all.concat(item), []);
  },
});
