/*
 * The board: an ATmega328P at 16 MHz, as on an Uno, a Nano or a Pro Mini, and what is wired to it.
 *
 * Every fact of the wiring stands here once. Pin numbers in brackets are those printed on an Uno.
 *
 *   PB0..PB3 [8..11]  coils of the motor, through a ULN2003 or an H-bridge
 *   PD2, PD3 [2, 3]   quadrature of the rotor, A and B, one transition a motor step, pulled up
 *   ADC0     [A0]     the cell, against the 5 V supply
 *   PD0, PD1 [0, 1]   USART, 115200 baud, 8 data bits, no parity, one stop bit
 *
 * In the input mode a pump drives the motor, PB0..PB3 are let go, and what the pump drives is seen on pins that are never
 * outputs, pulled up in that mode only:
 *
 *   PC1..PC4 [A1..A4] its coil lines A+, A-, B+, B-; or PC2 [A2] its DIR
 *   PD4      [4]      its STEP, which Timer0 counts
 *   PC5      [A5]     its alarm line
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

#define LINES_PIN PINC
#define LINES_PORT PORTC
#define LINES_SHIFT PC1
#define LINES_PCMSK PCMSK1
#define LINES_PCIE PCIE1
#define LINES_PCIF PCIF1
#define LINES_vect PCINT1_vect
/* Levels as the wire has them: the coil lines are bits 0 to 3, of which bit 1 may be DIR, the alarm line is bit 4. */
#define LEVELS_COILS 0x0F
#define LEVELS_DIR 0x02
#define LEVELS_ALARM 0x10
#define LEVELS_ALL (LEVELS_COILS | LEVELS_ALARM)

#define STEP_PORT PORTD
#define STEP_MASK _BV(PD4)
/* Timer0 counts rising edges of its pin T0, which is PD4. */
#define STEP_COUNTER TCNT0
#define STEP_CONTROL TCCR0B
#define STEP_COUNTING (_BV(CS02) | _BV(CS01) | _BV(CS00))

#define CELL_CHANNEL 0
#define SUPPLY_mV 5000UL

/* 16 MHz / (8 * (16 + 1)) = 117647 baud, 2.1 % fast: 1360 cycles a byte. */
#define USART_DIVIDER 16

#endif
