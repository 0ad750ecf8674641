/** How avr-gcc is told to compile the rig firmware. */
export const FIRMWARE_FLAGS: readonly string[] = [
  '-mmcu=atmega328p',
  '-DF_CPU=16000000UL',
  '-std=gnu11',
  '-Os',
  // A jump through a table has no target in the disassembly that the bound of the stack is worked out from.
  '-fno-jump-tables',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wmissing-prototypes',
  '-Wstrict-prototypes',
  '-ffunction-sections',
  '-fdata-sections',
  '-Wl,--gc-sections',
]
