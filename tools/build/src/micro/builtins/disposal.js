// ECMA-262 (2026) 27.3.

install(globalThis, {
  DisposableStack: class {
    constructor() {
      this.disposed = false;
      this.env = { stack: [], error: undefined, hasError: false };
    }

    use(value) {
      this.check();
      return __addDisposableResource(this.env, value);
    }

    defer(dispose) {
      this.check();
      this.env.stack.push({ value: undefined, dispose });
    }

    adopt(value, dispose) {
      this.defer(() => dispose(value));
      return value;
    }

    move() {
      this.check();
      const moved = new DisposableStack();
      moved.env = this.env;
      this.env = { stack: [] };
      this.disposed = true;
      return moved;
    }

    dispose() {
      if (this.disposed) return;
      this.disposed = true;
      __disposeResources(this.env);
    }

    check() {
      if (this.disposed) throw new ReferenceError("this DisposableStack is disposed of");
    }

    "@@dispose"() {
      this.dispose();
    }
  },
});
