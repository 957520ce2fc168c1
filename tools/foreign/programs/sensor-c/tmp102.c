// A TMP102 in C: busbar:device/sensor over wasi:i2c, by wit-bindgen's bindings. TI SBOS397H, section 7.5.

#include <stdlib.h>
#include <string.h>
#include "driver.h"

struct exports_busbar_device_sensor_device_t {
  wasi_i2c_i2c_own_i2c_t bus;
  wasi_i2c_i2c_address_t address;
  bool open;
};

/** The canonical ABI frees what an export returns: it has to be of the heap. */
static driver_string_t text(const char *words) {
  driver_string_t copy;
  driver_string_dup(&copy, words);
  return copy;
}

bool exports_busbar_device_sensor_open(driver_string_t *name, exports_busbar_device_sensor_own_device_t *device,
                                       exports_busbar_device_sensor_error_t *error) {
  busbar_board_i2c_wiring_t wiring;
  busbar_board_i2c_error_t why;
  if (!busbar_board_i2c_open(name, &wiring, &why)) {
    error->tag = why.tag == BUSBAR_BOARD_I2C_ERROR_NOT_FOUND ? BUSBAR_DEVICE_ERRORS_ERROR_NOT_FOUND
                                                             : BUSBAR_DEVICE_ERRORS_ERROR_ACCESS_DENIED;
    error->val.not_found = why.val.not_found;
    return false;
  }
  // 7.5.1: after power-up the register is 0 until the first conversion is done, which takes 35 ms at most.
  wasi_i2c_delay_own_delay_t delay = busbar_board_i2c_open_delay();
  wasi_i2c_delay_method_delay_delay_ns(wasi_i2c_delay_borrow_delay(delay), 35000000);
  wasi_i2c_delay_delay_drop_own(delay);
  exports_busbar_device_sensor_device_t *opened = malloc(sizeof *opened);
  opened->bus = wiring.bus;
  opened->address = wiring.address;
  opened->open = true;
  *device = exports_busbar_device_sensor_device_new(opened);
  return true;
}

void exports_busbar_device_sensor_method_device_info(exports_busbar_device_sensor_borrow_device_t self,
                                                     exports_busbar_device_sensor_info_t *info) {
  info->vendor = text("Texas Instruments");
  info->model = text("TMP102");
}

void exports_busbar_device_sensor_method_device_channels(exports_busbar_device_sensor_borrow_device_t self,
                                                         exports_busbar_device_sensor_list_channel_t *channels) {
  channels->len = 1;
  channels->ptr = malloc(sizeof *channels->ptr);
  channels->ptr[0] = (exports_busbar_device_sensor_channel_t){
      .quantity = EXPORTS_BUSBAR_DEVICE_SENSOR_QUANTITY_TEMPERATURE,
      .label = text("temperature"),
      .minimum = -55,
      .maximum = 150,
      .resolution = 0.0625,
  };
}

bool exports_busbar_device_sensor_method_device_read(exports_busbar_device_sensor_borrow_device_t self,
                                                     driver_list_f64_t *values,
                                                     exports_busbar_device_sensor_error_t *error) {
  if (!self->open) {
    error->tag = BUSBAR_DEVICE_ERRORS_ERROR_DISCONNECTED;
    error->val.disconnected = text("The sensor is closed; open it again.");
    return false;
  }
  uint8_t temperature_register = 0x00;
  driver_list_u8_t pointer = {&temperature_register, 1};
  driver_list_u8_t data;
  wasi_i2c_i2c_error_code_t code;
  wasi_i2c_i2c_borrow_i2c_t bus = wasi_i2c_i2c_borrow_i2c(self->bus);
  if (!wasi_i2c_i2c_method_i2c_write_read(bus, self->address, &pointer, 2, &data, &code)) {
    error->tag = BUSBAR_DEVICE_ERRORS_ERROR_BUS;
    error->val.bus.kind = code.tag == WASI_I2C_I2C_ERROR_CODE_NO_ACKNOWLEDGE
                              ? BUSBAR_DEVICE_ERRORS_BUS_FAULT_KIND_NO_ACKNOWLEDGE_ADDRESS
                              : BUSBAR_DEVICE_ERRORS_BUS_FAULT_KIND_OTHER;
    error->val.bus.message = text("reading 2 bytes from register 0x00");
    return false;
  }
  // Twelve bits, left-aligned; the shift of a negative number keeps its sign in every compiler for WebAssembly.
  int16_t raw = (int16_t)((data.ptr[0] << 8) | data.ptr[1]);
  driver_list_u8_free(&data);
  values->len = 1;
  values->ptr = malloc(sizeof *values->ptr);
  values->ptr[0] = (raw >> 4) * 0.0625;
  return true;
}

void exports_busbar_device_sensor_method_device_close(exports_busbar_device_sensor_borrow_device_t self) {
  if (!self->open) return;
  self->open = false;
  wasi_i2c_i2c_i2c_drop_own(self->bus);
}

void exports_busbar_device_sensor_device_destructor(exports_busbar_device_sensor_device_t *self) {
  exports_busbar_device_sensor_method_device_close(self);
  free(self);
}
