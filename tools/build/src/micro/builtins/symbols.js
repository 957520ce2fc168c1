// The engine has no symbols. Those that the language itself knows are texts that nobody writes by chance.

install(globalThis, {
  /** ECMA-262 20.4.2, the well-known ones. */
  Symbol: {
    dispose: "@@dispose",
    iterator: "@@iterator",
    toStringTag: "@@toStringTag",
  },
});
