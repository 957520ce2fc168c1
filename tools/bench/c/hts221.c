/*
 * An HTS221 at 0x5F without a driver: "hts221 BUS" prints one reading in one-shot mode, in degrees Celsius and percent.
 *
 * Data sheet: "HTS221 - Capacitive digital sensor for relative humidity and temperature", DocID026333, revision 4; section
 * numbers are its own.
 */
#include "i2c.h"
#include "program.h"

#include <stdio.h>

/* 6, table 14. */
enum {
    WHO_AM_I = 0x0f,
    AV_CONF = 0x10,
    CTRL_REG1 = 0x20,
    CTRL_REG2 = 0x21,
    STATUS_REG = 0x27,
    HUMIDITY_OUT_L = 0x28,
    CALIB_0 = 0x30,
};

enum { AUTO_INCREMENT = 0x80 };       /* 5.1.1 */
enum { PD = 0x80, BDU = 0x04 };       /* 7.3 */
enum { BOOT = 0x80, ONE_SHOT = 0x01 }; /* 7.4 */
enum { H_DA = 0x02, T_DA = 0x01 };    /* 7.6 */

static const uint32_t poll_us = 5000;

static void wait_for(struct target chip, uint8_t address, uint8_t bits, uint8_t value)
{
    while ((i2c_read_register(chip, address) & bits) != value) {
        wait_us(poll_us);
    }
}

static double interpolate(double x, double x0, double x1, double y0, double y1)
{
    return y0 + (x - x0) * (y1 - y0) / (x1 - x0);
}

int main(int count, char **arguments)
{
    if (count != 2) {
        fail("give a bus", 0);
    }
    struct target chip = i2c_open(arguments[1], 0x5f);
    if (i2c_read_register(chip, WHO_AM_I) != 0xbc) {
        fail("the chip at 0x5f is no HTS221", 0);
    }
    i2c_write_register(chip, CTRL_REG2, BOOT);
    wait_for(chip, CTRL_REG2, BOOT, 0);
    uint8_t c[16];
    i2c_read_registers(chip, AUTO_INCREMENT | CALIB_0, c, sizeof c);
    i2c_write_register(chip, AV_CONF, 0x1b); /* 7.2: 16 temperatures and 32 humidities are averaged. */
    i2c_write_register(chip, CTRL_REG1, PD | BDU);
    i2c_write_register(chip, CTRL_REG2, ONE_SHOT);
    wait_for(chip, STATUS_REG, H_DA | T_DA, H_DA | T_DA);
    uint8_t out[4];
    i2c_read_registers(chip, AUTO_INCREMENT | HUMIDITY_OUT_L, out, sizeof out);

    /* 8, table 19: where the two points are at which it was calibrated. */
    double t0 = ((c[5] & 0x03) << 8 | c[2]) / 8.0;
    double t1 = ((c[5] & 0x0c) << 6 | c[3]) / 8.0;
    double temperature = interpolate(signed16(out + 2), signed16(c + 12), signed16(c + 14), t0, t1);
    double humidity = interpolate(signed16(out), signed16(c + 6), signed16(c + 10), c[0] / 2.0, c[1] / 2.0);
    printf("%.3f %.3f\n", temperature, humidity);
    return 0;
}
