/**
 * Where the ATmega328P keeps its registers and interrupt vectors.
 *
 * Data-space addresses and bits from the register summary, vectors from the table of reset and interrupt vectors
 * (ATmega48A/PA/88A/PA/168A/PA/328/P, DS40002061, sections 12.4 and 35). A vector is its number in that table less one;
 * on this chip each takes two words of flash.
 */

/** Cycles of the chip's clock in a second: the crystal of the boards we know. */
export const CLOCK_Hz = 16_000_000

export const FLASH_BYTES = 0x8000
export const SRAM_BYTES = 0x800
export const EEPROM_BYTES = 0x400
/** Where the SRAM begins; below are the general registers and the I/O space. */
export const SRAM_START = 0x100

export const VECTOR_WORDS = 2

export const VECTOR = {
  INT0: 1,
  INT1: 2,
  PCINT0: 3,
  PCINT1: 4,
  PCINT2: 5,
  WDT: 6,
  TIMER2_COMPA: 7,
  TIMER2_COMPB: 8,
  TIMER2_OVF: 9,
  TIMER1_COMPA: 11,
  TIMER1_COMPB: 12,
  TIMER1_OVF: 13,
  TIMER0_COMPA: 14,
  TIMER0_COMPB: 15,
  TIMER0_OVF: 16,
  USART_RX: 18,
  USART_UDRE: 19,
  USART_TX: 20,
  ADC: 21,
  EE_READY: 22,
} as const

export const PINB = 0x23
export const PINC = 0x26
export const PIND = 0x29
export const TIFR0 = 0x35
export const TIFR1 = 0x36
export const TIFR2 = 0x37
export const PCIFR = 0x3b
export const EIFR = 0x3c
export const EIMSK = 0x3d
export const EECR = 0x3f
export const EEDR = 0x40
export const EEARL = 0x41
export const EEARH = 0x42
export const GTCCR = 0x43
export const TCCR0A = 0x44
export const SPCR = 0x4c
export const ACSR = 0x50
export const SMCR = 0x53
export const MCUSR = 0x54
export const SREG = 0x5f
export const WDTCSR = 0x60
export const CLKPR = 0x61
export const PCICR = 0x68
export const EICRA = 0x69
export const PCMSK0 = 0x6b
export const TIMSK0 = 0x6e
export const TIMSK1 = 0x6f
export const TIMSK2 = 0x70
export const ADCL = 0x78
export const ADCH = 0x79
export const ADCSRA = 0x7a
export const ADMUX = 0x7c
export const TCCR1A = 0x80
export const TCCR2A = 0xb0
export const ASSR = 0xb6
export const TWCR = 0xbc
export const UCSR0A = 0xc0
export const UCSR0B = 0xc1
export const UCSR0C = 0xc2
export const UBRR0L = 0xc4
export const UBRR0H = 0xc5
export const UDR0 = 0xc6

/** Global interrupt enable, in SREG. */
export const SREG_I = 0x80
