/*
 * The board: an ATmega328P at 16 MHz, as on an Uno, a Nano or a Pro Mini, and what is wired to it.
 *
 * Every fact of the wiring stands here once. Pin numbers in brackets are those printed on an Uno.
 *
 *   PB0..PB3 [8..11]  coils of the motor, through a ULN2003 or an H-bridge
 *   PD2, PD3 [2, 3]   quadrature of the rotor, A and B, one transition a motor step, pulled up
 *   ADC0     [A0]     the cell, against the 5 V supply
 *   PD0, PD1 [0, 1]   USART, 115200 baud, 8 data bits, no parity, one stop bit
 */
#ifndef PUMPBENCH_BOARD_H
#define PUMPBENCH_BOARD_H

#include <avr/io.h>

#define COIL_PORT PORTB
#define COIL_DDR DDRB
#define COIL_MASK 0x0F

#define ENCODER_PIN PIND
#define ENCODER_PORT PORTD
#define ENCODER_SHIFT PD2
#define ENCODER_MASK (_BV(PD2) | _BV(PD3))
#define ENCODER_PCMSK PCMSK2
#define ENCODER_PCIE PCIE2
#define ENCODER_vect PCINT2_vect

#define CELL_CHANNEL 0
#define SUPPLY_mV 5000UL

/* 16 MHz / (8 * (16 + 1)) = 117647 baud, 2.1 % fast: 1360 cycles a byte. */
#define USART_DIVIDER 16

#endif
