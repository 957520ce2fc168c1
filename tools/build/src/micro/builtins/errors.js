// ECMA-262 20.5: `cause`, and classes that extend an error, whose objects the engine's constructors would make without the class.

install(globalThis, {
  $errorClass(Native) {
    function Made(message, options) {
      const error = new Native(message);
      if (this !== undefined) Object.setPrototypeOf(error, Object.getPrototypeOf(this));
      if (options !== undefined && "cause" in options) error.cause = options.cause;
      return error;
    }
    Made.prototype = Native.prototype;
    Made.prototype.constructor = Made;
    return Made;
  },
});

install(globalThis, {
  Error: $errorClass(Error),
  EvalError: $errorClass(EvalError),
  RangeError: $errorClass(RangeError),
  ReferenceError: $errorClass(ReferenceError),
  SyntaxError: $errorClass(SyntaxError),
  TypeError: $errorClass(TypeError),
  URIError: $errorClass(URIError),
});

install(globalThis, {
  SuppressedError: class extends Error {
    constructor(error, suppressed, message) {
      super(message);
      this.name = "SuppressedError";
      this.error = error;
      this.suppressed = suppressed;
    }
  },
});
