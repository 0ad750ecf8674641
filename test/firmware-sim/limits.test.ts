/** Limits: what lies exactly on one is accepted, what lies beyond it is refused, and nothing is rounded to fit. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Program } from '#firmware-sim/messages'
import {
  Bedside,
  bolus,
  bridge,
  continuous,
  MINIMUM_RATE,
  patientBolus,
  prime,
  reasonIn,
  refill,
  wasApplied,
} from './bedside.ts'

const MIN = 'is below the least rate of 48 uL/d; use a lower concentration, or minimum-rate'
/** The same where a bridge makes it of another rate. */
const bridgedMin = (given: string, of: string) =>
  `${given}, which a bridge makes of ${of}, is below the least rate of 48 uL/d; program it when the bridge is over, and until then minimum-rate`
const MAX = 'is above the highest rate of 24000 uL/d; lower the dose, or give it over a longer time'

function answer(pump: Bedside, time: string, program: Program): string {
  const answers = pump.program(time, program)
  return reasonIn(answers) ?? (wasApplied(answers) ? 'applied' : 'nothing')
}

describe('the rate of a therapy', () => {
  it.each([
    ['0.048 mL/d', 'applied'],
    ['24 mL/d', 'applied'],
    ['1 mL/h', 'applied'],
    ['48 ug/d', 'applied'],
    ['24 mg/d', 'applied'],
    ['0 mL/d', 'applied'],
    ['0.047999999999999999999 mL/d', `48 uL/d ${MIN}`],
    ['24.000000000000000001 mL/d', `24000 uL/d ${MAX}`],
    ['40 uL/d', `40 uL/d ${MIN}`],
    ['47 ug/d', `47 uL/d ${MIN}`],
    ['25 mg/d', `25000 uL/d ${MAX}`],
    ['0.006 mL/d', `6 uL/d ${MIN}`],
  ])('%s: %s', (dose, said) => {
    expect(answer(new Bedside(), '0 s', continuous(dose))).toBe(said)
  })

  it('is measured with the concentration in the pump', () => {
    const weak = () => new Bedside({ concentration: '500/3 ug/mL' })
    expect(answer(weak(), '0 s', continuous('8 ug/d'))).toBe('applied')
    expect(answer(weak(), '0 s', continuous('7.99 ug/d'))).toBe(`47.94 uL/d ${MIN}`)
    expect(answer(weak(), '0 s', continuous('4 mg/d'))).toBe('applied')
    expect(answer(weak(), '0 s', continuous('4.0001 mg/d'))).toBe(`24000.6 uL/d ${MAX}`)
  })

  it('of minimum rate may lie below the least rate', () => {
    expect(answer(new Bedside(), '0 s', MINIMUM_RATE)).toBe('applied')
  })

  it('of minimum rate may not lie above the highest', () => {
    const pump = new Bedside({ figures: { minimum_rate: '25 mL/d' } })
    expect(answer(pump, '0 s', MINIMUM_RATE)).toBe(`25000 uL/d ${MAX}`)
  })

  it('is accepted exactly from the least to the highest, whatever the numbers', () => {
    const rates = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.bigInt({ min: 1n, max: 10n ** 6n }))
    fc.assert(
      fc.property(rates, ([n, d]) => {
        const within = n === 0n || (n >= 48n * d && n <= 24_000n * d)
        expect(answer(new Bedside(), '0 s', continuous(`${n}/${d} uL/d`)) === 'applied').toBe(within)
      }),
      { numRuns: 300 },
    )
  })
})

describe('the rate of a bolus', () => {
  it.each([
    ['the highest rate exactly', '1 mL', '1 h', 'applied'],
    ['more than the highest rate by one part in 10^18', '1.000000000000000001 mL', '1 h', `24000 uL/d ${MAX}`],
    ['the least rate exactly', '2 uL', '1 h', 'applied'],
    ['less than the least rate', '1.9 uL', '1 h', `45.6 uL/d ${MIN}`],
    ['nothing at all', '0 uL', '1 h', 'applied'],
  ])('on a stopped pump, %s', (_, dose, over, said) => {
    expect(answer(new Bedside(), '0 s', bolus(dose, over))).toBe(said)
  })

  it('counts on top of the therapy', () => {
    const pump = () => {
      const running = new Bedside()
      running.program('0 s', continuous('12 mL/d'))
      return running
    }
    expect(answer(pump(), '1 h', bolus('0.5 mL', '1 h'))).toBe('applied')
    expect(answer(pump(), '1 h', bolus('0.50000001 mL', '1 h'))).toBe(`24000.0002 uL/d ${MAX}`)
    expect(answer(pump(), '1 h', bolus('0.001 uL', '1 h'))).toBe('applied')
  })

  it('on top of minimum rate must reach the least rate together with it', () => {
    const pump = () => {
      const running = new Bedside()
      running.program('0 s', MINIMUM_RATE)
      return running
    }
    expect(answer(pump(), '1 h', bolus('1.75 uL', '1 h'))).toBe('applied')
    expect(answer(pump(), '1 h', bolus('1.74 uL', '1 h'))).toBe(`47.76 uL/d ${MIN}`)
    expect(answer(pump(), '1 h', bolus('999.75 uL', '1 h'))).toBe('applied')
    expect(answer(pump(), '1 h', bolus('999.8 uL', '1 h'))).toBe(`24001.2 uL/d ${MAX}`)
  })

  it('counts on top of another bolus, to the highest rate exactly', () => {
    const pump = () => {
      const running = new Bedside()
      running.program('0 s', bolus('600 uL', '1 h'))
      return running
    }
    expect(answer(pump(), '30 min', bolus('400 uL', '1 h'))).toBe('applied')
    expect(answer(pump(), '30 min', bolus('401 uL', '1 h'))).toBe(`24024 uL/d ${MAX}`)
    expect(answer(pump(), '1 h', bolus('1 mL', '1 h'))).toBe('applied')
  })

  it('must reach the least rate alone, once the bolus under way has ended', () => {
    const pump = () => {
      const running = new Bedside()
      running.program('0 s', bolus('100 uL', '1 h'))
      return running
    }
    // 1 uL/h would be carried by the other bolus for half an hour, and then run alone below the least rate.
    expect(answer(pump(), '30 min', bolus('1 uL', '1 h'))).toBe(`24 uL/d ${MIN}`)
    expect(answer(pump(), '30 min', bolus('1/2 uL', '30 min'))).toBe('applied')
    expect(answer(pump(), '30 min', bolus('2 uL', '1 h'))).toBe('applied')
  })

  it('is checked where three overlap, over every stretch between their ends', () => {
    const pump = new Bedside()
    expect(answer(pump, '0 s', bolus('500 uL', '1 h'))).toBe('applied')
    expect(answer(pump, '0 s', bolus('800 uL', '2 h'))).toBe('applied')
    expect(answer(pump, '0 s', bolus('1 mL', '3 h'))).toBe(`29600 uL/d ${MAX}`)
    expect(answer(pump, '0 s', bolus('300 uL', '3 h'))).toBe('applied')
    expect(answer(pump, '1 h', bolus('500 uL', '1 h'))).toBe('applied')
    expect(answer(pump, '2 h', bolus('900 uL', '1 h'))).toBe('applied')
    expect(answer(pump, '2 h', bolus('1 uL', '1 h'))).toBe(`24024 uL/d ${MAX}`)
  })
})

describe('the rate behind a prime or a bridge', () => {
  it('is no matter while a prime masks it, and is when that is over', () => {
    const primed = (volume: string) => {
      const pump = new Bedside()
      pump.program('0 s', prime(volume))
      return pump
    }
    expect(answer(primed('1 mL'), '0 s', bolus('1.25 mL', '1 h'))).toBe('applied')
    expect(answer(primed('0.99 mL'), '0 s', bolus('1.25 mL', '1 h'))).toBe(`30000 uL/d ${MAX}`)
    // A day and a half of it hide what follows, and do not excuse it.
    expect(answer(primed('36 mL'), '0 s', continuous('24 mL/d'))).toBe('applied')
    expect(answer(primed('36 mL'), '0 s', continuous('25 mL/d'))).toBe(`25000 uL/d ${MAX}`)
  })

  it('is looked at behind every concentration that a bridge covers', () => {
    const bridged = () => {
      const pump = new Bedside({ catheter: '9.8 mL' })
      pump.program('0 s', refill({ volume: '40 mL', concentration: '10 mg/mL' }))
      pump.program('0 s', prime('5 mL'))
      pump.program('1 d', refill({ volume: '40 mL', concentration: '1000 ug/mL' }))
      pump.program('1 d', bridge('auto'))
      return pump
    }
    // 5 mL of 1000 ug/mL for days, then 5 mL of 10 mg/mL at a tenth of the rate.
    expect(answer(bridged(), '1 d', continuous('480 ug/d'))).toBe('applied')
    expect(answer(bridged(), '1 d', continuous('479 ug/d'))).toBe(bridgedMin('47.9 uL/d', '479 uL/d'))
  })

  it('is looked at where a bridge ends, before which less flows', () => {
    const bridged = (volume: string) => {
      const pump = new Bedside()
      pump.program('0 s', refill({ volume: '40 mL', concentration: '500 ug/mL' }))
      pump.program('0 s', bridge(volume))
      return pump
    }
    expect(answer(bridged('625 uL'), '0 s', bolus('1.25 mL', '1 h'))).toBe('applied')
    expect(answer(bridged('624 uL'), '0 s', bolus('1.25 mL', '1 h'))).toBe(`30000 uL/d ${MAX}`)
    // It lasts longer than is looked ahead.
    expect(answer(bridged('20 mL'), '0 s', continuous('25 mL/d'))).toBe(`25000 uL/d ${MAX}`)
    expect(answer(bridged('10 mL'), '0 s', continuous('90 uL/d'))).toBe(bridgedMin('45 uL/d', '90 uL/d'))
    expect(answer(bridged('10 mL'), '0 s', continuous('96 uL/d'))).toBe('applied')
  })

  it('refuses a prime that would end a bridge too soon for a bolus under way', () => {
    const bridged = (...programs: readonly Program[]) => {
      const pump = new Bedside()
      pump.program('0 s', refill({ volume: '40 mL', concentration: '500 ug/mL' }))
      for (const program of programs) expect(wasApplied(pump.program('0 s', program))).toBe(true)
      return pump
    }
    const [carried, given] = [bridge('700 uL'), bolus('600 ug', '1 h')]
    // The bolus takes 600 uL over the bridge; of the hour a prime takes as long as its volume at the highest rate.
    expect(answer(bridged(carried, given), '0 s', prime('250 uL'))).toBe('applied')
    expect(answer(bridged(carried, given), '0 s', prime('251 uL'))).toBe(`28800 uL/d ${MAX}`)
    expect(answer(bridged(carried), '0 s', prime('251 uL'))).toBe('applied')
  })

  it('is no reason against a prime beside boluses that are about to make way', () => {
    const pump = new Bedside()
    pump.program('0 s', refill({ volume: '40 mL', concentration: '500 ug/mL' }))
    pump.program('0 s', bridge('100 uL'))
    pump.program('0 s', bolus('400 ug', '1 h'))
    expect(answer(pump, '0 s', refill({ volume: '40 mL', concentration: '300 ug/mL' }))).toBe('applied')
    expect(answer(pump, '0 s', prime('10 uL'))).toBe('applied')
  })
})

describe('boluses under way', () => {
  it('are at most sixteen: one more is refused until one of them has ended', () => {
    const pump = new Bedside()
    for (let minute = 0; minute < 16; minute += 1) {
      expect(answer(pump, `${minute} min`, bolus('10 uL', '1 h'))).toBe('applied')
    }
    const said = '16 boluses are running; wait until one of them has ended'
    expect(answer(pump, '59 min 59 s', bolus('10 uL', '1 h'))).toBe(said)
    expect(answer(pump, '1 h', bolus('10 uL', '1 h'))).toBe('applied')
    expect(answer(pump, '1 h', bolus('10 uL', '1 h'))).toBe(said)
    pump.stop('1 h')
    expect(answer(pump, '1 h', bolus('10 uL', '1 h'))).toBe('applied')
  })
})

describe('a refusal', () => {
  it('of a bolus leaves the therapy and the boluses under way as they were', () => {
    const [pump, undisturbed] = [new Bedside(), new Bedside()]
    for (const one of [pump, undisturbed]) {
      one.program('0 s', continuous('12 mL/d'))
      one.program('1 h', bolus('100 uL', '1 h'))
    }
    expect(answer(pump, '90 min', bolus('500 uL', '1 h'))).toMatch('above the highest rate')
    expect(pump.status('1 d')).toEqual(undisturbed.status('1 d'))
  })
})

describe('a refill', () => {
  const room = (left: string, fill: string) =>
    `${fill} uL on top of ${left} uL believed left is more than the reservoir of 40000 uL; draw out more first`

  it.each([
    ['40 mL after everything was drawn', refill({ volume: '40 mL' }), 'applied'],
    ['a drop too much', refill({ volume: '40.001 mL' }), room('0', '40001')],
    ['as much as was drawn', refill({ withdrawn: '10 mL', volume: '15 mL' }), 'applied'],
    ['a drop more', refill({ withdrawn: '10 mL', volume: '15.001 mL' }), room('25000', '15001')],
    ['on top of what is left', refill({ withdrawn: '0 mL', volume: '5 mL' }), 'applied'],
    ['on top of what is left, too much', refill({ withdrawn: '0 mL', volume: '6 mL' }), room('35000', '6000')],
    ['more drawn than there was', refill({ withdrawn: '39 mL', volume: '40 mL' }), 'applied'],
    [
      'more drawn than there was, but too much filled',
      refill({ withdrawn: '39 mL', volume: '41 mL' }),
      room('0', '41000'),
    ],
  ])('of %s', (_, syringe, said) => {
    const pump = new Bedside()
    pump.program('0 s', continuous('1 mL/d'))
    expect(answer(pump, '5 d', syringe)).toBe(said)
  })

  const STOPS = '; unless a therapy that fits is programmed at once, the pump stops and alarms'

  it.each([
    ['6250/3 ug/mL', []],
    ['2084 ug/mL', [`47.9846 uL/d ${MIN}${STOPS}`]],
    ['25/6 ug/mL', []],
    ['4 ug/mL', [`25000 uL/d ${MAX}${STOPS}`]],
  ])('with %s, at which the therapy may not be given, warns of it and is taken all the same', (concentration, said) => {
    const pump = new Bedside()
    pump.program('0 s', continuous('100 ug/d'))
    const syringe = refill({ volume: '40 mL', concentration })
    const readback = pump.prepare('1 d', syringe).find((output) => output.kind === 'readback')
    expect(readback?.warnings).toEqual(said)
    expect(wasApplied(pump.program('1 d', syringe))).toBe(true)
    expect(pump.status('1 d').reservoir_uL).toEqual({ n: 40_000n, d: 1n })
  })

  const ENDS = '; the boluses under way end, and what is in force goes on without them'

  it.each([
    ['2000 ug/mL', [`24 uL/d ${MIN}${ENDS}`]],
    ['1000 ug/mL', []],
    ['3.9 ug/mL', [`24307.7 uL/d ${MAX}${ENDS}`]],
    ['4 ug/mL', []],
  ])(
    'with %s, at which a bolus under way may not go on, now or after another has ended, warns of it',
    (concentration, said) => {
      const pump = new Bedside()
      pump.program('0 s', bolus('500 uL', '1 h'))
      pump.program('0 s', bolus('4 ug', '2 h'))
      const syringe = refill({ volume: '40 mL', concentration })
      const readback = pump.prepare('30 min', syringe).find((output) => output.kind === 'readback')
      expect(readback?.warnings).toEqual(said)
    },
  )
})

describe('the leave of a patient', () => {
  const limited = (hard: string) => new Bedside({ limits: { dose: { hard } } })

  it.each([
    ['at the highest rate', '1 mL', '1 h', 'applied'],
    ['above it, which no request could ever be granted', '1 mL', '3599 s', `24006.7 uL/d ${MAX}`],
    ['far above it', '1000 ug', '1 min', `1440000 uL/d ${MAX}`],
    ['below the least rate, on top of whatever is given', '0.01 uL', '1 h', 'applied'],
  ])('for boluses %s', (_, dose, over, said) => {
    expect(answer(new Bedside(), '0 s', patientBolus(dose, over, '1 h', 5))).toBe(said)
  })

  it('for boluses of which a single one is beyond the hard limit of 24 h is refused', () => {
    const leave = (dose: string) => answer(limited('300 ug'), '0 s', patientBolus(dose, '1 h', '1 h', 5))
    expect(leave('300 ug')).toBe('applied')
    expect(leave('301 ug')).toBe('301 ug in 24 h are more than 300 ug, the hard limit of the clinic; give less')
  })
})
