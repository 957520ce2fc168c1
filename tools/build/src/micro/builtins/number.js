// ECMA-262 21.1.2 and 21.3.2.

install(Number, {
  isFinite(value) {
    // Of what is not finite, the difference to itself is not a number.
    return typeof value === "number" && value - value === 0;
  },

  isInteger(value) {
    return Number.isFinite(value) && Math.floor(value) === value;
  },

  isNaN(value) {
    return typeof value === "number" && !(value <= 0 || value > 0);
  },

  isSafeInteger(value) {
    return Number.isInteger(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  },
});

install(Math, {
  hypot(...values) {
    return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  },
});
