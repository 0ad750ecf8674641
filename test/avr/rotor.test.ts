/** The rotor follows the field of the coils, and nothing else. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  COIL_SEQUENCE,
  ENCODER_SEQUENCE,
  encoderAt,
  energized,
  held,
  RESTING_ROTOR,
  type Rotor,
  rewired,
  SOUND_WIRING,
  stepOf,
} from '#hil/plant/rotor'

function pattern(step: number): number {
  return COIL_SEQUENCE[((step % 4) + 4) % 4] ?? 0
}

/** The rotor after the driver has been through these steps of the sequence. */
function driven(rotor: Rotor, ...steps: readonly number[]): Rotor {
  return steps.reduce((turned, step) => energized(turned, pattern(step)), rotor)
}

const READY = driven(RESTING_ROTOR, 0)

describe('the rotor', () => {
  it('turns one step for each full step of the coils, either way', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(-1, 1), { maxLength: 200 }), (turns) => {
        let [rotor, commanded] = [READY, 0]
        for (const turn of turns) {
          commanded += turn
          rotor = driven(rotor, commanded)
          expect(stepOf(rotor)).toBe(commanded)
        }
        expect(rotor.forward).toBe(turns.filter((turn) => turn > 0).length)
        expect(rotor.reverse).toBe(turns.filter((turn) => turn < 0).length)
        expect(rotor.lost).toBe(0)
      }),
    )
  })

  it('shows an encoder of which one track changes at each step', () => {
    expect(ENCODER_SEQUENCE.map((_, step) => encoderAt(step))).toEqual([0b00, 0b01, 0b11, 0b10])
    expect(encoderAt(-1)).toBe(0b10)
    expect(encoderAt(401)).toBe(0b01)
  })

  it('never counts what it did not turn, whatever the coils, wires and locks do', () => {
    const happening = fc.oneof(
      fc.record({ pattern: fc.nat(15) }),
      fc.record({ locked: fc.boolean() }),
      fc.record({ broken: fc.nat(15), crossed: fc.constantFrom(undefined, [0, 1] as const, [1, 2] as const) }),
    )
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        let rotor = RESTING_ROTOR
        for (const next of happenings) {
          const before = rotor
          if ('pattern' in next) rotor = energized(rotor, next.pattern)
          else if ('locked' in next) rotor = held(rotor, next.locked)
          else rotor = rewired(rotor, next)
          expect(Math.abs(rotor.position - before.position)).toBeLessThan(4)
          expect(stepOf(rotor)).toBe(rotor.forward - rotor.reverse)
          if (before.locked && rotor.locked) expect(rotor.position).toBe(before.position)
        }
      }),
    )
  })

  it('stays where it is when the coils are switched off and on', () => {
    const rotor = energized(energized(driven(READY, 1, 2), 0), pattern(2))
    expect(rotor).toMatchObject({ position: 4, forward: 2, reverse: 0, lost: 0 })
  })

  it('does not follow a field opposite to it', () => {
    expect(driven(READY, 2)).toMatchObject({ position: 0, forward: 0, lost: 1 })
  })

  it('is pulled back by a field that is three steps ahead', () => {
    expect(driven(READY, 3)).toMatchObject({ position: -2, reverse: 1 })
  })

  it('held, loses every step; let go, finds the nearest field', () => {
    const stalled = driven(held(READY, true), 1, 2, 3, 4, 5)
    expect(stalled).toMatchObject({ position: 0, forward: 0, lost: 5 })
    expect(held(stalled, false)).toMatchObject({ position: 2, forward: 1, lost: 5 })
    expect(held(driven(stalled, 6), false)).toMatchObject({ position: 0, forward: 0, lost: 6 })
    expect(held(driven(stalled, 6, 7), false)).toMatchObject({ position: -2, reverse: 1, lost: 7 })
  })

  it('only rocks with a broken coil wire', () => {
    for (const broken of [1, 2, 4, 8]) {
      const rotor = driven(rewired(READY, { ...SOUND_WIRING, broken }), ...Array.from({ length: 41 }, (_, i) => i))
      expect(Math.abs(stepOf(rotor))).toBeLessThanOrEqual(3)
      expect(rotor.lost + rotor.reverse).toBeGreaterThan(9)
    }
  })

  it('turns backwards with the ends of one coil crossed, and not at all with two coils mixed up', () => {
    const steps = Array.from({ length: 41 }, (_, i) => i)
    const crossed = driven(rewired(READY, { broken: 0, crossed: [0, 1] }), ...steps)
    expect(stepOf(crossed)).toBeLessThanOrEqual(-39)
    const mixed = driven(rewired(READY, { broken: 0, crossed: [1, 2] }), ...steps)
    expect(Math.abs(stepOf(mixed))).toBeLessThanOrEqual(2)
  })
})
