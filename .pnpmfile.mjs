// What is packed is what is installed: what only this workspace's own tests and builds need is no part of it.
export const hooks = {
  beforePacking: ({ devDependencies: _, scripts: __, ...manifest }) => manifest,
};
