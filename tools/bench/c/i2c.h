/* A target on /dev/i2c-N, by I2C_RDWR: Linux, Documentation/i2c/dev-interface.rst. What fails ends the process. */
#ifndef I2C_H
#define I2C_H

#include <stddef.h>
#include <stdint.h>

struct target {
    int file;
    uint16_t address;
};

/* `bus` is N. */
struct target i2c_open(const char *bus, uint16_t address);

void i2c_write(struct target target, const uint8_t *data, size_t length);

/* Writes a register's address and reads from there on, in one transaction. */
void i2c_read_registers(struct target target, uint8_t first, uint8_t *data, size_t length);

void i2c_write_register(struct target target, uint8_t address, uint8_t value);

uint8_t i2c_read_register(struct target target, uint8_t address);

/* Two bytes of a target that sends the lower one first. */
uint16_t unsigned16(const uint8_t *bytes);
int16_t signed16(const uint8_t *bytes);

#endif
