// Loaded into every Node of a virtual machine whose processor is emulated. There each piece of new machine code has to
// be translated again, so that compiling JavaScript costs more than it saves: tests take half the time without.
const { setFlagsFromString } = require("node:v8");

for (const flag of ["--no-opt", "--no-maglev", "--no-sparkplug"]) setFlagsFromString(flag);
