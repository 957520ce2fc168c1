/*
 * A BME280 at 0x76 without a driver: "bme280 BUS" prints one reading in forced mode, in degrees Celsius, pascal and percent;
 * "bme280 BUS COUNT" prints the microseconds of a reading in normal mode, of so many.
 *
 * Data sheet: "BME280 - Combined humidity and pressure sensor", BST-BME280-DS002-15; section numbers are its own.
 */
#include "i2c.h"
#include "program.h"

#include <stdio.h>
#include <stdlib.h>

/* 5.3, table 18. */
enum {
    CALIB00 = 0x88,
    ID = 0xd0,
    RESET = 0xe0,
    CALIB26 = 0xe1,
    CTRL_HUM = 0xf2,
    STATUS = 0xf3,
    CTRL_MEAS = 0xf4,
    CONFIG = 0xf5,
    PRESS_MSB = 0xf7,
};

enum { IM_UPDATE = 1 << 0, MEASURING = 1 << 3 }; /* 5.4.4 */
enum { FORCED = 1, NORMAL = 3 };                 /* 5.4.5, table 25 */
enum { ONCE = 1 };                               /* Oversampling of one measurement: 5.4.3, table 20. */

static const uint32_t startup_us = 2000;     /* 1.1, table 1 */
static const uint32_t measurement_us = 9300; /* 9.1: 1.25 + 2.3 + 2 * (2.3 + 0.575) ms */

/* 4.2.2, table 16. */
struct calibration {
    uint16_t t1, p1;
    int16_t t2, t3, p2, p3, p4, p5, p6, p7, p8, p9, h2, h4, h5;
    uint8_t h1, h3;
    int8_t h6;
};

struct reading {
    double temperature, pressure, humidity;
};

static struct calibration read_calibration(struct target chip)
{
    uint8_t a[26], b[7];
    i2c_read_registers(chip, CALIB00, a, sizeof a);
    i2c_read_registers(chip, CALIB26, b, sizeof b);
    return (struct calibration){
        .t1 = unsigned16(a), .t2 = signed16(a + 2), .t3 = signed16(a + 4),
        .p1 = unsigned16(a + 6), .p2 = signed16(a + 8), .p3 = signed16(a + 10),
        .p4 = signed16(a + 12), .p5 = signed16(a + 14), .p6 = signed16(a + 16),
        .p7 = signed16(a + 18), .p8 = signed16(a + 20), .p9 = signed16(a + 22),
        .h1 = a[25], .h2 = signed16(b), .h3 = b[2],
        /* Twelve bits with a sign, which share the byte in the middle. */
        .h4 = (int16_t)((int8_t)b[3] * 16 + (b[4] & 0x0f)),
        .h5 = (int16_t)((int8_t)b[5] * 16 + (b[4] >> 4)),
        .h6 = (int8_t)b[6],
    };
}

/* Appendix A, 8.1. */
static struct reading compensate(const struct calibration *c, int32_t adc_t, int32_t adc_p, int32_t adc_h)
{
    double var1 = (adc_t / 16384.0 - c->t1 / 1024.0) * c->t2;
    double var2 = (adc_t / 131072.0 - c->t1 / 8192.0) * (adc_t / 131072.0 - c->t1 / 8192.0) * c->t3;
    int32_t t_fine = (int32_t)(var1 + var2);
    struct reading reading = { .temperature = (var1 + var2) / 5120.0 };

    var1 = t_fine / 2.0 - 64000.0;
    var2 = var1 * var1 * c->p6 / 32768.0;
    var2 += var1 * c->p5 * 2.0;
    var2 = var2 / 4.0 + c->p4 * 65536.0;
    var1 = (c->p3 * var1 * var1 / 524288.0 + c->p2 * var1) / 524288.0;
    var1 = (1.0 + var1 / 32768.0) * c->p1;
    double p = (1048576.0 - adc_p - var2 / 4096.0) * 6250.0 / var1;
    var1 = c->p9 * p * p / 2147483648.0;
    var2 = p * c->p8 / 32768.0;
    reading.pressure = p + (var1 + var2 + c->p7) / 16.0;

    double h = t_fine - 76800.0;
    h = (adc_h - (c->h4 * 64.0 + c->h5 / 16384.0 * h)) *
        (c->h2 / 65536.0 * (1.0 + c->h6 / 67108864.0 * h * (1.0 + c->h3 / 67108864.0 * h)));
    h *= 1.0 - c->h1 * h / 524288.0;
    reading.humidity = h > 100.0 ? 100.0 : h < 0.0 ? 0.0 : h;
    return reading;
}

static void wait_while(struct target chip, uint8_t bit)
{
    while ((i2c_read_register(chip, STATUS) & bit) != 0) {
        wait_us(1000);
    }
}

static void measure_in(struct target chip, int mode)
{
    i2c_write_register(chip, CTRL_MEAS, (uint8_t)(ONCE << 5 | ONCE << 2 | mode));
    wait_us(measurement_us);
}

static struct reading read_outputs(struct target chip, const struct calibration *calibration)
{
    uint8_t b[8];
    i2c_read_registers(chip, PRESS_MSB, b, sizeof b);
    int32_t adc_p = b[0] << 12 | b[1] << 4 | b[2] >> 4;
    int32_t adc_t = b[3] << 12 | b[4] << 4 | b[5] >> 4;
    return compensate(calibration, adc_t, adc_p, b[6] << 8 | b[7]);
}

int main(int count, char **arguments)
{
    if (count < 2) {
        fail("give a bus, and how many readings are measured", 0);
    }
    struct target chip = i2c_open(arguments[1], 0x76);
    if (i2c_read_register(chip, ID) != 0x60) {
        fail("the chip at 0x76 is no BME280", 0);
    }
    i2c_write_register(chip, RESET, 0xb6);
    wait_us(startup_us);
    wait_while(chip, IM_UPDATE);
    struct calibration calibration = read_calibration(chip);
    i2c_write_register(chip, CONFIG, 0);
    i2c_write_register(chip, CTRL_HUM, ONCE);
    if (count == 2) {
        measure_in(chip, FORCED);
        wait_while(chip, MEASURING);
        struct reading reading = read_outputs(chip, &calibration);
        printf("%.4f %.3f %.4f\n", reading.temperature, reading.pressure, reading.humidity);
        return 0;
    }
    measure_in(chip, NORMAL);
    long readings = strtol(arguments[2], NULL, 10);
    double start = now_us();
    for (long done = 0; done < readings; done += 1) {
        read_outputs(chip, &calibration);
    }
    printf("%.3f\n", (now_us() - start) / (double)readings);
    return 0;
}
