/** How avr-gcc is told to compile the rig firmware. */
export const FIRMWARE_FLAGS: readonly string[] = [
  '-mmcu=atmega328p',
  '-DF_CPU=16000000UL',
  '-std=gnu11',
  '-Os',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wmissing-prototypes',
  '-Wstrict-prototypes',
  '-ffunction-sections',
  '-fdata-sections',
  '-Wl,--gc-sections',
]
