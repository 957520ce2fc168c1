// ECMA-262 23.2.2 and 23.2.3. The engine's own have `length`, `subarray`, `set` and `join`.

[Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array, Float64Array].forEach(
  (Numbers) => {
    install(Numbers, {
      from(source, map) {
        return new Numbers(Array.from(source, map));
      },

      of(...numbers) {
        return new Numbers(numbers);
      },
    });

    install(Numbers.prototype, {
      at(index) {
        return this[index < 0 ? this.length + index : index];
      },

      entries() {
        return $elements(this).entries();
      },

      every(predicate) {
        return $elements(this).every(predicate);
      },

      fill(value, start = 0, end = this.length) {
        const [first, last] = $range(this, start, end);
        for (let index = first; index < last; index += 1) this[index] = value;
        return this;
      },

      filter(predicate) {
        return new Numbers($elements(this).filter(predicate));
      },

      find(predicate) {
        return $elements(this).find(predicate);
      },

      findIndex(predicate) {
        return $elements(this).findIndex(predicate);
      },

      findLast(predicate) {
        return $elements(this).findLast(predicate);
      },

      findLastIndex(predicate) {
        return $elements(this).findLastIndex(predicate);
      },

      forEach(each) {
        $elements(this).forEach(each);
      },

      includes(value, from) {
        return $elements(this).includes(value, from);
      },

      indexOf(value, from) {
        return $elements(this).indexOf(value, from);
      },

      keys() {
        return $elements(this).keys();
      },

      lastIndexOf(...given) {
        return $elements(this).lastIndexOf(...given);
      },

      map(convert) {
        return new Numbers($elements(this).map(convert));
      },

      reduce(...given) {
        return $elements(this).reduce(...given);
      },

      reverse() {
        this.set($elements(this).reverse());
        return this;
      },

      slice(start, end) {
        return new Numbers($elements(this.subarray(start, end)));
      },

      some(predicate) {
        return $elements(this).some(predicate);
      },

      toReversed() {
        return this.slice().reverse();
      },

      toSorted(compare) {
        return new Numbers($elements(this).sort(compare ?? ((one, other) => one - other)));
      },

      values() {
        return $elements(this);
      },

      with(index, value) {
        return new Numbers($elements(this).with(index, value));
      },
    });
  },
);
