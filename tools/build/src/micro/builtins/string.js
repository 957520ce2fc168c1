// ECMA-262 22.1.3.

install(String.prototype, {
  at(index) {
    return this.charAt(index < 0 ? this.length + index : index) || undefined;
  },

  endsWith(text) {
    return this.length >= text.length && this.slice(this.length - text.length) === text;
  },

  includes(text, from) {
    return this.indexOf(text, from) >= 0;
  },

  padEnd(length, filler) {
    return this + $padding(length - this.length, filler);
  },

  padStart(length, filler) {
    return $padding(length - this.length, filler) + this;
  },

  startsWith(text) {
    return this.slice(0, text.length) === text;
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
