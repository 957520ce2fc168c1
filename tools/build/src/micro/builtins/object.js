// ECMA-262 20.1.2.

install(globalThis, {
  $hasOwnProperty: Object.prototype.hasOwnProperty,
});

install(Object, {
  assign: __assign,

  entries(object) {
    return Object.keys(object).map((key) => [key, object[key]]);
  },

  values(object) {
    return Object.keys(object).map((key) => object[key]);
  },

  fromEntries(entries) {
    const object = {};
    for (const [key, value] of entries) object[key] = value;
    return object;
  },

  hasOwn(object, key) {
    return $hasOwnProperty.call(object, key);
  },

  // All objects of the engine can be changed.
  freeze(object) {
    return object;
  },

  getOwnPropertyNames(object) {
    return Object.keys(object);
  },

  is(one, other) {
    return one === other ? one !== 0 || 1 / one === 1 / other : $isSame(one, other);
  },

  preventExtensions(object) {
    return object;
  },
});
