/** What the line holds of earlier concentrations: a bridge covers all of it that is still there, and nothing that has left. */
import fc from 'fast-check'
import Fraction from 'fraction.js'
import { describe, expect, it } from 'vitest'
import { MOST_PLUGS } from '#firmware-sim/line'
import type { Program } from '#firmware-sim/messages'
import { whole } from '#units/rational'
import {
  at,
  Bedside,
  type BedsideSetup,
  bolus,
  bridge,
  continuous,
  MINIMUM_RATE,
  prime,
  reasonIn,
  refill,
  wasApplied,
} from './bedside.ts'

/** A line of 300 uL, and steps of 1 uL. */
const UNIT = {
  figures: { step_volume: '1 uL', tube_volume: '200 uL' },
  catheter: '100 uL',
} as const satisfies BedsideSetup

const fill = (concentration: string, drug = 'baclofen') => refill({ volume: '40 mL', concentration, drug })

/** 240 ug/d: 10 uL/h at 1000 ug/mL until 1 h, and 20 uL/h at 500 ug/mL from then on. */
function changed(): Bedside {
  const pump = new Bedside(UNIT)
  pump.program('0 s', continuous('240 ug/d'))
  pump.program('1 h', fill('500 ug/mL'))
  return pump
}

/** Instants, in hours, at which the last step of a stretch and the first one after it are due. */
function stepsAt(pump: Bedside, ...steps: readonly number[]): readonly (number | null)[] {
  pump.pass('20 d')
  return steps.map((step) => {
    const due = pump.dueOf(step)
    return due === undefined ? null : new Fraction(due.n, due.d).div(3_600_000_000).valueOf()
  })
}

const lost = (pump: Bedside, told: string, due: string) =>
  pump.hear(at(told), { kind: 'rotor', due_us: at(due), moved: false })

const nothing = (drug: string) =>
  `there is nothing to bridge: the line holds no ${drug} of another concentration than the reservoir`
const NOTHING = nothing('baclofen')

describe('a bridge', () => {
  it('that begins late is as much shorter as has left by then', () => {
    const pump = changed()
    // 110 uL by 6 h, of which 100 uL are of the new fill, so 200 uL of the old one are left: 20 h at 10 uL/h.
    pump.program('6 h', bridge('auto'))
    expect(stepsAt(pump, 110, 310, 330)).toEqual([6, 26, 27])
  })

  it('is refused once all has left, with what left and how long ago', () => {
    const pump = changed()
    const asked = (time: string) => reasonIn(pump.prepare(time, bridge('auto')))
    // The line is cleared by step 310, 15 h after the refill.
    expect(asked('15 h 59 min')).toBeNull()
    expect(asked('16 h')).toBe(`${NOTHING}, and the last of 1000 ug/mL left it 0 uL ago; leave the bridge out`)
    expect(asked('17 h')).toBe(`${NOTHING}, and the last of 1000 ug/mL left it 20 uL ago; leave the bridge out`)
    expect(reasonIn(pump.program('17 h', bridge('500 uL')))).toContain(NOTHING)
    expect(stepsAt(pump, 310, 330, 350)).toEqual([16, 17, 18])
  })

  it('is refused a second time after the first has ended, and the rate stays as it is', () => {
    const pump = changed()
    pump.program('1 h', bridge('auto'))
    expect(reasonIn(pump.program('32 h', bridge('auto')))).toBe(`${NOTHING}; leave the bridge out`)
    expect(stepsAt(pump, 310, 330, 350)).toEqual([31, 32, 33])
  })

  it('is refused where no refill changed the concentration', () => {
    const pump = new Bedside(UNIT)
    pump.program('0 s', continuous('240 ug/d'))
    pump.program('1 h', fill('1000 ug/mL'))
    expect(reasonIn(pump.program('1 h', bridge('auto')))).toBe(`${NOTHING}; leave the bridge out`)
  })

  it('covers what an earlier refill left in the line, too, though nobody bridged that', () => {
    const pump = changed()
    pump.program('6 h', fill('250 ug/mL'))
    pump.program('6 h', bridge('auto'))
    // 200 uL of 1000 ug/mL at 10 uL/h, 100 uL of 500 ug/mL at 20 uL/h, then 40 uL/h.
    expect(stepsAt(pump, 110, 310, 410, 450)).toEqual([6, 26, 31, 32])
  })

  it('over a refill back to the first concentration multiplies by one, and then for what lies behind', () => {
    const pump = changed()
    pump.program('6 h', fill('1000 ug/mL'))
    pump.program('6 h', bridge('auto'))
    expect(stepsAt(pump, 110, 310, 410, 420)).toEqual([6, 26, 31, 32])
  })

  it('is refused after a refill back at the same instant, which leaves one concentration', () => {
    const pump = changed()
    pump.program('1 h', fill('1000 ug/mL'))
    expect(reasonIn(pump.program('1 h', bridge('auto')))).toBe(`${NOTHING}; leave the bridge out`)
    expect(stepsAt(pump, 310)).toEqual([31])
  })

  it('of less than is left covers so much and no more', () => {
    const pump = changed()
    pump.program('6 h', bridge('100 uL'))
    expect(stepsAt(pump, 110, 210, 230, 330)).toEqual([6, 16, 17, 22])
  })

  it('of less than is left can be followed by one over the rest', () => {
    const pump = changed()
    pump.program('6 h', bridge('100 uL'))
    pump.program('17 h', bridge('auto'))
    expect(stepsAt(pump, 210, 230, 310, 330)).toEqual([16, 17, 25, 26])
  })

  it('of more than the line says that the line is longer', () => {
    const pump = changed()
    pump.program('6 h', bridge('300 uL'))
    // Up to 410 uL instead of 310 uL.
    expect(stepsAt(pump, 110, 410, 430)).toEqual([6, 36, 37])
  })

  it('of more than the line leaves a fill that stays within it no room, and auto goes as far', () => {
    const pump = changed()
    pump.program('1 h', bridge('400 uL'))
    pump.program('6 h', fill('250 ug/mL'))
    pump.program('6 h', bridge('auto'))
    // 60 uL by 6 h; what was put in then would come to the tip after 360 uL, but 1000 ug/mL reaches to 410 uL.
    expect(stepsAt(pump, 60, 410, 450)).toEqual([6, 41, 42])
  })

  it('ends no later for a shorter one that is asked for while it lasts', () => {
    const pump = changed()
    pump.program('1 h', bridge('auto'))
    pump.program('6 h', bridge('10 uL'))
    expect(stepsAt(pump, 310, 330)).toEqual([31, 32])
  })

  it('goes as far as the longest that is asked for', () => {
    const pump = changed()
    pump.program('1 h', bridge('50 uL'))
    pump.program('2 h', bridge('150 uL'))
    // 20 uL by 2 h.
    expect(stepsAt(pump, 170, 190)).toEqual([17, 18])
  })

  it('follows a refill while it lasts, and does not cover what that put in', () => {
    const pump = changed()
    pump.program('1 h', bridge('auto'))
    pump.program('11 h', fill('250 ug/mL'))
    // 10 uL/h over 1000 ug/mL still, and then 40 uL/h over 500 ug/mL that nobody bridged.
    expect(stepsAt(pump, 110, 310, 350)).toEqual([11, 31, 32])
  })

  it('ends with a refill of another drug, after which there is nothing to bridge', () => {
    const pump = changed()
    pump.program('1 h', bridge('auto'))
    pump.program('11 h', fill('500 ug/mL', 'morphine'))
    expect(reasonIn(pump.program('11 h', bridge('auto')))).toBe(`${nothing('morphine')}; leave the bridge out`)
    expect(stepsAt(pump, 110, 130)).toEqual([11, 12])
    const back = changed()
    back.program('2 h', fill('500 ug/mL', 'morphine'))
    back.program('2 h', fill('1000 ug/mL'))
    expect(reasonIn(back.program('2 h', bridge('auto')))).toBe(`${NOTHING}; leave the bridge out`)
  })

  it('counts a prime, which may leave it nothing to do', () => {
    const pump = changed()
    pump.program('1 h', prime('250 uL'))
    pump.program('1 h', bridge('auto'))
    // A quarter of an hour for 250 uL, and 50 uL at 10 uL/h.
    expect(stepsAt(pump, 260, 310, 330)).toEqual([1.25, 6.25, 7.25])
    const cleared = changed()
    cleared.program('1 h', prime('300 uL'))
    expect(reasonIn(cleared.prepare('1 h 17 min', bridge('auto')))).toBeNull()
    expect(reasonIn(cleared.prepare('1 h 18 min', bridge('auto')))).toContain('1000 ug/mL left it 0 uL ago')
  })

  it('counts boluses', () => {
    const pump = changed()
    pump.program('1 h', bolus('50 ug', '1 h'))
    pump.program('6 h', bridge('auto'))
    // 100 uL of the basal and 100 uL of the bolus.
    expect(stepsAt(pump, 210, 310, 330)).toEqual([6, 16, 17])
  })
})

describe('fluid without drug', () => {
  const SALINE = { ...UNIT, concentration: '0 ug/mL' } as const

  it('cannot be bridged from, and the pump says what can be done', () => {
    const pump = new Bedside(SALINE)
    pump.program('0 s', fill('500 ug/mL'))
    expect(reasonIn(pump.program('0 s', bridge('auto')))).toBe(
      'there is nothing to bridge: what is left in the line has no drug, and no rate makes a dose of it; prime the line',
    )
  })

  it('in front of fluid with drug is not multiplied for, and that behind it is', () => {
    const pump = new Bedside(SALINE)
    pump.program('0 s', fill('1000 ug/mL'))
    pump.program('0 s', continuous('240 ug/d'))
    pump.program('10 h', fill('500 ug/mL'))
    expect(wasApplied(pump.program('10 h', bridge('auto')))).toBe(true)
    // 20 uL/h up to 300 uL, 10 uL/h up to 400 uL.
    expect(stepsAt(pump, 100, 300, 400, 420)).toEqual([10, 20, 30, 31])
  })
})

describe('what the line holds', () => {
  const gaps: readonly (readonly [name: string, later_h: number, (pump: Bedside) => void])[] = [
    [
      'a stop',
      10,
      (pump) => {
        pump.stop('6 h')
        pump.program('16 h', { kind: 'restart' })
      },
    ],
    [
      'a power cut',
      10,
      (pump) => {
        pump.hear(at('6 h'), { kind: 'power-fails', atWrite: null })
        pump.hear(at('16 h'), { kind: 'power-returns' })
        pump.program('16 h', { kind: 'restart' })
      },
    ],
    [
      'a damaged copy',
      0,
      (pump) => {
        pump.hear(at('6 h'), { kind: 'bit-flip', copy: 'first', bit: 777 })
      },
    ],
    [
      'the loss of both copies by a pump with power',
      10,
      (pump) => {
        pump.hear(at('5 h'), { kind: 'bit-flip', copy: 'both', bit: 777 })
        pump.stop('6 h')
        pump.program('16 h', continuous('240 ug/d'))
      },
    ],
    [
      'a change of therapy',
      0,
      (pump) => {
        pump.program('6 h', MINIMUM_RATE)
        pump.program('6 h', continuous('240 ug/d'))
      },
    ],
    [
      'a refill of the same concentration',
      0,
      (pump) => {
        pump.program('6 h', fill('500 ug/mL'))
      },
    ],
  ]

  it.each(gaps)('is known after %s', (_, later_h, change) => {
    const pump = changed()
    change(pump)
    pump.program(`${6 + later_h} h`, bridge('auto'))
    expect(stepsAt(pump, 310, 330)).toEqual([26 + later_h, 27 + later_h])
  })

  it.each(gaps)('of a bridge is known after %s', (_, later_h, change) => {
    const pump = changed()
    pump.program('5 h', bridge('auto'))
    // 90 uL by 5 h, 100 uL by 6 h.
    change(pump)
    expect(stepsAt(pump, 310, 330)).toEqual([27 + later_h, 28 + later_h])
  })

  it('is forgotten with the whole record', () => {
    const pump = changed()
    pump.program('5 h', bridge('auto'))
    pump.hear(at('6 h'), { kind: 'power-fails', atWrite: null })
    pump.hear(at('6 h'), { kind: 'bit-flip', copy: 'both', bit: 777 })
    pump.hear(at('6 h'), { kind: 'power-returns' })
    expect(pump.state).toMatchObject({ plugs: [], covered: null })
  })

  it('stays known to a pump in its safe state that drops a bridge', () => {
    const pump = changed()
    pump.program('2 h', bridge('auto'))
    pump.hear(at('2 h'), { kind: 'power-fails', atWrite: null })
    pump.hear(at('2 h'), { kind: 'power-returns' })
    // 9000 times the minimum rate is beyond what the motor makes.
    pump.program('2 h', fill('9000000 ug/mL'))
    pump.pass('2 h')
    expect(pump.state).toMatchObject({ operating: 'safe-state', covered: null })
    pump.program('3 h', fill('500 ug/mL'))
    pump.program('3 h', continuous('240 ug/d'))
    expect(wasApplied(pump.program('3 h', bridge('100 uL')))).toBe(true)
  })

  it('is bounded, however many refills come within its volume', () => {
    const pump = new Bedside(UNIT)
    pump.program('0 s', continuous('24 mL/d'))
    for (let second = 1; second <= 2 * MOST_PLUGS; second += 1) {
      pump.program(`${second} s`, fill(second % 2 === 0 ? '1000 ug/mL' : '500 ug/mL'))
    }
    expect(pump.state.plugs).toHaveLength(MOST_PLUGS)
    expect(pump.state.plugs[0]?.until).toEqual({ n: 300n * 18n + 5n, d: 18n })
  })
})

describe('a step that displaced nothing', () => {
  it('leaves that much more to be bridged, whether it is told before the bridge or after', () => {
    for (const told of ['5 h 59 min', '6 h 1 min']) {
      const pump = changed()
      if (told < '6 h') lost(pump, told, '5 h 57 min')
      pump.program('6 h', bridge('auto'))
      if (told > '6 h') lost(pump, told, '5 h 57 min')
      // 311 instead of 310, six minutes later.
      expect(stepsAt(pump, 110, 311, 331)).toEqual([6, 26.1, 27.1])
    }
  })

  it('before a bridge over a volume takes nothing from that volume, and one in it does', () => {
    const pump = changed()
    pump.program('6 h', bridge('100 uL'))
    lost(pump, '6 h 1 min', '5 h 57 min')
    const during = pump.copy()
    expect(stepsAt(pump, 210, 230)).toEqual([16, 17])
    lost(during, '7 h', '6 h 54 min')
    expect(stepsAt(during, 211, 231)).toEqual([16.1, 17.1])
    const longer = changed()
    longer.program('6 h', bridge('300 uL'))
    lost(longer, '6 h 1 min', '5 h 57 min')
    expect(stepsAt(longer, 410, 430)).toEqual([36, 37])
  })

  it('leaves what lies behind as much later as what lies before it', () => {
    const pump = changed()
    pump.program('5 h', fill('250 ug/mL'))
    expect(pump.state.plugs.map(({ until }) => until)).toEqual([whole(310), whole(390)])
    lost(pump, '6 h', '5 h 58 min 30 s')
    expect(pump.state.plugs.map(({ until }) => until)).toEqual([whole(311), whole(391)])
  })

  it('is bridged by whoever asked for all that was left, and not by a volume that was just as much', () => {
    const just = changed()
    just.program('6 h', bridge('200 uL'))
    lost(just, '6 h 1 min', '5 h 57 min')
    const again = just.copy()
    expect(stepsAt(just, 310, 330)).toEqual([26, 27])
    again.program('7 h', bridge('auto'))
    expect(stepsAt(again, 311, 331)).toEqual([26.1, 27.1])
    const twice = changed()
    twice.program('6 h', bridge('auto'))
    twice.program('7 h', bridge('190 uL'))
    lost(twice, '7 h 1 min', '5 h 57 min')
    expect(stepsAt(twice, 311, 331)).toEqual([26.1, 27.1])
  })

  it('before the refill is no part of what is bridged', () => {
    const pump = changed()
    pump.program('1 h', bridge('auto'))
    lost(pump, '1 h 1 min', '54 min')
    lost(pump, '1 h 1 min', '1 h')
    expect(stepsAt(pump, 310, 330)).toEqual([31, 32])
  })

  it('does not bring back what has left', () => {
    const pump = changed()
    lost(pump, '16 h 1 min', '16 h')
    expect(reasonIn(pump.prepare('16 h 1 min', bridge('auto')))).toContain(NOTHING)
    const bridged = changed()
    bridged.program('6 h', bridge('auto'))
    bridged.pass('26 h')
    lost(bridged, '26 h 1 min', '26 h')
    expect(stepsAt(bridged, 310, 330)).toEqual([26, 27])
  })

  it('between two refills may have been all that lay between them', () => {
    const pump = new Bedside(UNIT)
    pump.program('0 s', continuous('240 ug/d'))
    pump.program('57 min', fill('500 ug/mL'))
    // Half a step of 500 ug/mL in between.
    pump.program('58 min 30 s', fill('250 ug/mL'))
    pump.program('58 min 30 s', bridge('auto'))
    expect(pump.state.plugs).toHaveLength(2)
    lost(pump, '59 min', '58 min 30 s')
    expect(pump.state.plugs).toMatchObject([{ until: { n: 621n, d: 2n }, concentration_ug_per_uL: whole(1) }])
    // 10 uL/h up to the 310 uL that were covered, then 40 uL/h.
    expect(stepsAt(pump, 10, 310, 311)).toEqual([0.975, 30.975, 31])
  })
})

/** One concentration in the line, nearest the tip first. */
type Parcel = { volume: Fraction; strength: number }

/** The line as a pipe: what is pushed in at one end comes out at the other. */
class Pipe {
  parcels: Parcel[]
  bridged = new Fraction(0)
  pushed = new Fraction(0)
  /** Pushed since the last change of concentration. */
  since = new Fraction(300)
  strength: number

  constructor(strength: number) {
    this.strength = strength
    this.parcels = [{ volume: new Fraction(300), strength }]
  }

  fill(strength: number): void {
    if (strength !== this.strength) this.since = new Fraction(0)
    this.strength = strength
  }

  bridge(): void {
    const old = new Fraction(300).sub(this.since)
    if (old.gt(this.bridged)) this.bridged = old
  }

  /** Lets a dose of micrograms an hour flow for so many hours. */
  flow(dose: number, hours: number): void {
    let left = new Fraction(hours)
    for (let [tip] = this.parcels; tip !== undefined && left.gt(0); [tip] = this.parcels) {
      const isBridged = this.bridged.gt(0)
      const rate = new Fraction(dose).div(isBridged ? tip.strength : this.strength)
      const most = isBridged && this.bridged.lt(tip.volume) ? this.bridged : tip.volume
      const flowed = rate.mul(left).lt(most) ? rate.mul(left) : most
      left = left.sub(flowed.div(rate))
      this.#push(flowed)
    }
  }

  #push(volume: Fraction): void {
    const [tip] = this.parcels
    if (tip === undefined) return
    tip.volume = tip.volume.sub(volume)
    if (tip.volume.equals(0)) this.parcels.shift()
    this.parcels.push({ volume, strength: this.strength })
    this.bridged = this.bridged.gt(volume) ? this.bridged.sub(volume) : new Fraction(0)
    this.pushed = this.pushed.add(volume)
    this.since = this.since.add(volume)
  }
}

describe('over any refills', () => {
  it('bridged early, late or not at all, the pump moves as a pipe has it', () => {
    const events = fc.array(
      fc.record({
        hours: fc.integer({ min: 1, max: 30 }),
        does: fc.constantFrom<'bridge' | 1 | 2 | 4>('bridge', 1, 2, 4),
      }),
      { maxLength: 14, size: 'max' },
    )
    fc.assert(
      fc.property(events, (lived) => {
        const pump = new Bedside(UNIT)
        const pipe = new Pipe(1)
        pump.program('0 s', continuous('240 ug/d'))
        let now = 0
        for (const { hours, does } of lived) {
          now += hours
          pipe.flow(10, hours)
          const program: Program = does === 'bridge' ? bridge('auto') : fill(`${does * 1000} ug/mL`)
          const taken = wasApplied(pump.program(`${now} h`, program))
          const isOther = pipe.parcels.some(({ strength }) => strength !== pipe.strength)
          expect(taken).toBe(does !== 'bridge' || isOther)
          if (does === 'bridge') pipe.bridge()
          else pipe.fill(does)
          expect(pump.peek().steps).toBe(Number(pipe.pushed.floor()))
        }
        pipe.flow(10, 10)
        pump.pass(`${now + 10} h`)
        expect(pump.peek().steps).toBe(Number(pipe.pushed.floor()))
      }),
      { numRuns: 100, seed: 1 },
    )
  })
})
