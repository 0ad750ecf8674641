/*
 * Texts that stay in flash. On the ATmega328P a constant is otherwise copied into its 2 KB of memory; on other machines
 * these are ordinary constants.
 */
#ifndef C_PUMP_FLASH_H
#define C_PUMP_FLASH_H

#include <stdint.h>

#ifdef __AVR__
#include <avr/pgmspace.h>
#define FLASH PROGMEM
#define TEXT(text) PSTR(text)
#define flash_char(address) ((char)pgm_read_byte(address))
#define flash_u32(address) pgm_read_dword(address)
#define flash_u64(address) \
  ((uint64_t)pgm_read_dword((const uint32_t *)(address) + 1) << 32 | pgm_read_dword((const uint32_t *)(address)))
#else
#define FLASH
#define TEXT(text) (text)
#define flash_char(address) (*(address))
#define flash_u32(address) (*(address))
#define flash_u64(address) (*(address))
#endif

#endif
