// ECMA-262 22.1.3.

install(String.prototype, {
  at(index) {
    return this.charAt(index < 0 ? this.length + index : index) || undefined;
  },

  endsWith(text, end = this.length) {
    const last = Math.min(end, this.length);
    return last >= text.length && this.slice(last - text.length, last) === text;
  },

  includes(text, from) {
    return this.indexOf(text, from) >= 0;
  },

  isWellFormed() {
    return this.toWellFormed() === String(this);
  },

  matchAll(pattern) {
    // From such a pattern the first match would come again and again.
    if (pattern.flags.indexOf("g") < 0) throw new TypeError("a pattern for matchAll has the flag g");
    const found = [];
    pattern.lastIndex = 0;
    for (let match = pattern.exec(this); match !== null; match = pattern.exec(this)) {
      found.push(match);
      if (match[0] === "") pattern.lastIndex += 1;
    }
    return found;
  },

  padEnd(length, filler) {
    return this + $padding(length - this.length, filler);
  },

  padStart(length, filler) {
    return $padding(length - this.length, filler) + this;
  },

  startsWith(text, start = 0) {
    return this.slice(start, start + text.length) === text;
  },

  toWellFormed() {
    return $codePoints(this)
      .map((point) => (point.length === 1 && point >= "\ud800" && point <= "\udfff" ? "\ufffd" : point))
      .join("");
  },
});

install(globalThis, {
  $padding(length, filler = " ") {
    if (length <= 0 || filler === "") return "";
    return filler.repeat(Math.ceil(length / filler.length)).slice(0, length);
  },
});
