// What the ES5 of TypeScript's compiler calls, and what walks through anything as an array. Each is a member of its own: of all
// built-ins only those get into a driver that it names (../builtins.ts).

install(globalThis, {
  __extends(derived, base) {
    if (base !== null) Object.setPrototypeOf(derived, base);
    derived.prototype = Object.create(base === null ? null : base.prototype);
    derived.prototype.constructor = derived;
  },

  __assign(target, ...sources) {
    for (const source of sources) {
      if (source === undefined || source === null) continue;
      for (const key of Object.keys(source)) target[key] = source[key];
    }
    return target;
  },

  __rest(source, left) {
    const target = {};
    for (const key of Object.keys(source)) if (left.indexOf(key) < 0) target[key] = source[key];
    return target;
  },

  __spreadArray(to, from) {
    return to.concat(from);
  },

  /** `new Constructor(...values)`, which the compiler would do with `bind`: what that gives cannot be constructed here. */
  $construct(Constructor, values) {
    switch (values.length) {
      case 0:
        return new Constructor();
      case 1:
        return new Constructor(values[0]);
      case 2:
        return new Constructor(values[0], values[1]);
      case 3:
        return new Constructor(values[0], values[1], values[2]);
      default: {
        // A class is a function here, but for the engine's own, of which none takes so many.
        const made = Object.create(Constructor.prototype);
        return Constructor.apply(made, values) || made;
      }
    }
  },

  __makeTemplateObject(cooked, raw) {
    cooked.raw = raw;
    return cooked;
  },

  /** An array of what `for (... of it)` goes through; an array is itself. Iterators are run to their end. */
  $arrayOf(it) {
    if (Array.isArray(it)) return it;
    if (typeof it === "string") return $codePoints(it);
    if (it !== undefined && it !== null) {
      if (typeof it["@@iterator"] === "function") return $drained(it["@@iterator"]());
      if (typeof it.length === "number" && typeof it.subarray === "function") return $elements(it);
    }
    throw new TypeError("this is not iterable");
  },

  /** ECMA-262 7.2.12, SameValueZero. */
  $isSame(one, other) {
    return one === other || (Number.isNaN(one) && Number.isNaN(other));
  },

  $codePoints(text) {
    const points = [];
    for (let at = 0; at < text.length; ) {
      const point = String.fromCodePoint(text.codePointAt(at));
      points.push(point);
      at += point.length;
    }
    return points;
  },

  $elements(list) {
    const elements = new Array(list.length);
    for (let index = 0; index < list.length; index += 1) elements[index] = list[index];
    return elements;
  },

  $drained(iterator) {
    const all = [];
    if (Array.isArray(iterator)) return iterator;
    for (let step = iterator.next(); !step.done; step = iterator.next()) all.push(step.value);
    return all;
  },

  /** `using`: the compiler's own form of a block's resources. */
  __addDisposableResource(env, value) {
    if (value === undefined || value === null) return value;
    const dispose = value["@@dispose"];
    if (typeof dispose !== "function") throw new TypeError("this cannot be disposed of");
    env.stack.push({ value, dispose });
    return value;
  },

  __disposeResources(env) {
    while (env.stack.length > 0) {
      const { value, dispose } = env.stack.pop();
      try {
        dispose.call(value);
      } catch (error) {
        env.error = env.hasError ? new SuppressedError(error, env.error) : error;
        env.hasError = true;
      }
    }
    if (env.hasError) throw env.error;
  },
});
