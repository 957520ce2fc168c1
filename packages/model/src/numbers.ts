import * as v from "valibot";

/** A whole number of a board file, from `minimum` to `maximum`. */
export function wholeNumber(minimum: number, maximum: number) {
  const expected = `expected a whole number from ${minimum} to ${maximum}`;
  return v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(minimum, expected),
    v.maxValue(maximum, expected),
  );
}

/** A number of a board file, from `minimum` to `maximum`. */
export function numberWithin(minimum: number, maximum: number) {
  const expected = `expected a number from ${minimum} to ${maximum}`;
  return v.pipe(v.number(expected), v.minValue(minimum, expected), v.maxValue(maximum, expected));
}
