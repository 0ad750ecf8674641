/**
 * Where the three timers of the ATmega328P differ: registers, width, clock dividers and vectors (DS40002061, sections 15.9,
 * 16.11 and 18.11).
 */
import { TCCR0A, TCCR1A, TCCR2A, TIFR0, TIFR1, TIFR2, TIMSK0, TIMSK1, TIMSK2, VECTOR } from '#hil/rig/avr/registers'

export interface TimerLayout {
  /** TCCRnA; TCCRnB follows it. */
  readonly control: number
  readonly flags: number
  readonly enables: number
  /** Low byte, as of the compare registers. */
  readonly counter: number
  readonly compareA: number
  readonly compareB: number
  readonly bytes: 1 | 2
  /** By clock select: 0 stops the timer; the edges of its pin are counted where it has one. */
  readonly dividers: readonly (number | 'falling' | 'rising')[]
  /** The bit of port D that is its pin T0 or T1. */
  readonly clockPin: number | undefined
  /** Waveform mode in which the counter clears at compare register A. */
  readonly clearMode: number
  /** Bits of TCCRnB that hold the upper bits of the waveform mode, and how far they are shifted down. */
  readonly upperMode: number
  readonly vectors: { readonly compareA: number; readonly compareB: number; readonly overflow: number }
  /** The bit of GTCCR that resets its prescaler. */
  readonly prescaler: number
}

const TIMERS_0_AND_1 = { dividers: [0, 1, 8, 64, 256, 1024, 'falling', 'rising'], prescaler: 0x01 } as const
const TIMER_2 = { dividers: [0, 1, 8, 32, 64, 128, 256, 1024], clockPin: undefined, prescaler: 0x02 } as const

/** In a timer of one byte TCNTn, OCRnA and OCRnB follow TCCRnB. */
function ofOneByte(control: number) {
  return {
    control,
    counter: control + 2,
    compareA: control + 3,
    compareB: control + 4,
    bytes: 1,
    clearMode: 2,
    upperMode: 0x08,
  } as const
}

export const TIMER_LAYOUTS: readonly TimerLayout[] = [
  {
    ...ofOneByte(TCCR0A),
    ...TIMERS_0_AND_1,
    clockPin: 4,
    flags: TIFR0,
    enables: TIMSK0,
    vectors: { compareA: VECTOR.TIMER0_COMPA, compareB: VECTOR.TIMER0_COMPB, overflow: VECTOR.TIMER0_OVF },
  },
  {
    control: TCCR1A,
    counter: TCCR1A + 4,
    compareA: TCCR1A + 8,
    compareB: TCCR1A + 10,
    bytes: 2,
    clearMode: 4,
    upperMode: 0x18,
    ...TIMERS_0_AND_1,
    clockPin: 5,
    flags: TIFR1,
    enables: TIMSK1,
    vectors: { compareA: VECTOR.TIMER1_COMPA, compareB: VECTOR.TIMER1_COMPB, overflow: VECTOR.TIMER1_OVF },
  },
  {
    ...ofOneByte(TCCR2A),
    ...TIMER_2,
    flags: TIFR2,
    enables: TIMSK2,
    vectors: { compareA: VECTOR.TIMER2_COMPA, compareB: VECTOR.TIMER2_COMPB, overflow: VECTOR.TIMER2_OVF },
  },
]
