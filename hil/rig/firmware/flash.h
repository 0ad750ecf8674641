/*
 * Tables that stay in flash. On the host, where the codec is compiled for its tests, they are ordinary constants.
 */
#ifndef PUMPBENCH_FLASH_H
#define PUMPBENCH_FLASH_H

#include <stdint.h>

#ifdef __AVR__
#include <avr/pgmspace.h>
#else
#define PROGMEM
#define PSTR(text) (text)
#define pgm_read_byte(address) (*(const uint8_t *)(address))
#define pgm_read_dword(address) (*(const uint32_t *)(address))
#define pgm_read_ptr(address) (*(const void *const *)(address))
#endif

#endif
