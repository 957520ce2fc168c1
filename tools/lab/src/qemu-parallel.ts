/**
 * QEMU's parameters for a parallel port with nothing on it, of which the kernel's spi-butterfly makes an SPI controller: what is sent
 * goes nowhere, and MISO is always low.
 */
export function qemuParallelArguments(): string[] {
  return ["-chardev", "null,id=parallel", "-device", "isa-parallel,chardev=parallel"];
}
