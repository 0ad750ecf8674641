/** The clinic's own limits: what lies beyond a soft one wants to be confirmed, what lies beyond a hard one is refused. */
import { describe, expect, it } from 'vitest'
import type { Program } from '#firmware-sim/messages'
import {
  at,
  Bedside,
  type BedsideSetup,
  bolus,
  bridge,
  clockAt,
  continuous,
  flex,
  MINIMUM_RATE,
  patientBolus,
  periodic,
  prime,
  reasonIn,
  refill,
  STOPPED,
  setClock,
  wasApplied,
} from './bedside.ts'

type Limits = NonNullable<BedsideSetup['limits']>

/** A pump that has given a therapy since instant zero. */
function giving(limits: Limits, ...programs: readonly Program[]): Bedside {
  const pump = new Bedside({ limits })
  for (const program of programs) expect(wasApplied(pump.program('0 s', program))).toBe(true)
  return pump
}

/** What a programmer would have to have confirmed, or why it is refused. */
function said(pump: Bedside, time: string, program: Program): readonly string[] {
  const answers = pump.copy().prepare(time, program)
  const refused = reasonIn(answers)
  return refused === null ? answers.flatMap((one) => (one.kind === 'readback' ? one.warnings : [])) : [refused]
}

const soft = (found: string) => [`${found}, the soft limit of the clinic`]
const hard = (found: string) => [`${found}, the hard limit of the clinic; give less, or wait`]

describe('a soft limit of the dose in 24 h', () => {
  const limits = { dose: { soft: '500 ug' } }

  it('is no matter up to it, and wants to be confirmed beyond it', () => {
    expect(said(giving(limits), '0 s', continuous('500 ug/d'))).toEqual([])
    expect(said(giving(limits), '0 s', continuous('501 ug/d'))).toEqual(soft('501 ug in 24 h are more than 500 ug'))
    expect(wasApplied(giving(limits).program('0 s', continuous('501 ug/d')))).toBe(true)
  })

  it('may be one of volume', () => {
    const ofVolume = { dose: { soft: '500 uL' } }
    expect(said(giving(ofVolume), '0 s', continuous('500 uL/d'))).toEqual([])
    expect(said(giving(ofVolume), '0 s', continuous('501 ug/d'))).toEqual(soft('501 uL in 24 h are more than 500 uL'))
  })

  it('holds for a bolus with the therapy under it', () => {
    const pump = giving(limits, continuous('400 ug/d'))
    expect(said(pump, '1 h', bolus('100 ug', '1 h'))).toEqual([])
    expect(said(pump, '1 h', bolus('101 ug', '1 h'))).toEqual(soft('501 ug in 24 h are more than 500 ug'))
  })

  it('holds for a bolus with what the pump gave before it', () => {
    const pump = giving(limits, bolus('300 ug', '1 h'))
    expect(said(pump, '2 h', bolus('200 ug', '1 h'))).toEqual([])
    expect(said(pump, '2 h', bolus('201 ug', '1 h'))).toEqual(soft('501 ug in 24 h are more than 500 ug'))
    expect(said(pump, '1 d 1 h', bolus('500 ug', '1 h'))).toEqual([])
  })

  it('holds for a refill that makes more of the same volume', () => {
    const pump = giving(limits, continuous('400 uL/d'))
    const filled = (concentration: string) => said(pump, '1 d', refill({ volume: '40 mL', concentration }))
    expect(filled('1250 ug/mL')).toEqual([])
    expect(filled('2000 ug/mL')).toEqual(soft('800 ug in 24 h are more than 500 ug'))
  })

  it('is asked of nothing that gives no dose by itself', () => {
    const pump = giving(limits, refill({ volume: '40 mL', concentration: '500 ug/mL' }), continuous('501 ug/d'))
    for (const program of [prime('10 uL'), bridge('auto'), setClock('2026-01-05T01:30'), STOPPED]) {
      expect(said(pump, '1 h', program)).toEqual([])
    }
  })

  it('is asked of the leave of a patient with every bolus that it allows, as many as fit into a day', () => {
    const leave = (most: number, lockout = '1 h') => patientBolus('10 ug', '10 min', lockout, most)
    const pump = giving(limits, continuous('400 ug/d'))
    expect(said(pump, '1 h', leave(10))).toEqual([])
    expect(said(pump, '1 h', leave(11))).toEqual(
      soft('with every bolus of the leave 510 ug in 24 h are more than 500 ug'),
    )
    // Grants of a lockout of 2 h 24 min: ten of them in any 24 h.
    expect(said(pump, '1 h', leave(100, '144 min'))).toEqual([])
    expect(said(pump, '1 h', leave(100, '143 min'))).toEqual(
      soft('with every bolus of the leave 510 ug in 24 h are more than 500 ug'),
    )
    expect(said(pump, '1 h', leave(12, '0 s'))).toEqual(
      soft('with every bolus of the leave 520 ug in 24 h are more than 500 ug'),
    )
  })

  it('is asked of a lower dose as what it gives in a day, whatever was given before', () => {
    const pump = giving(limits, continuous('800 ug/d'))
    expect(said(pump, '1 d', continuous('600 ug/d'))).toEqual(soft('600 ug in 24 h are more than 500 ug'))
    expect(said(pump, '1 d', continuous('500 ug/d'))).toEqual([])
    expect(said(pump, '1 d', continuous('800 ug/d'))).toEqual(soft('800 ug in 24 h are more than 500 ug'))
  })

  it('is asked of a dose after a stop with all that was given in the day before', () => {
    const pump = giving(limits, continuous('480 ug/d'))
    pump.stop('12 h')
    expect(said(pump, '12 h', continuous('490 ug/d'))).toEqual([])
    expect(said(pump, '12 h', bolus('260 ug', '1 h'))).toEqual([])
    expect(said(pump, '12 h', bolus('261 ug', '1 h'))).toEqual(soft('501 ug in 24 h are more than 500 ug'))
    expect(said(pump, '13 h', continuous('510 ug/d'))).toEqual(soft('510 ug in 24 h are more than 500 ug'))
  })

  it('counts what was given before against a higher dose, and not against the same one', () => {
    const given = bolus('300 ug', '1 h')
    // All of the bolus, and 22 of the 24 h of the therapy.
    expect(said(giving(limits, given), '2 h', continuous('300 ug/d'))).toEqual(
      soft('575 ug in 24 h are more than 500 ug'),
    )
    expect(said(giving(limits, continuous('300 ug/d'), given), '2 h', continuous('300 ug/d'))).toEqual([])
  })

  it('is asked of a refill by which nothing changes', () => {
    expect(said(giving(limits, continuous('600 ug/d')), '1 d', refill({ volume: '40 mL' }))).toEqual(
      soft('600 ug in 24 h are more than 500 ug'),
    )
  })
})

describe('a hard limit of the dose in 24 h', () => {
  const limits = { dose: { hard: '500 ug' } }

  it('lets a therapy through up to it, and refuses it beyond', () => {
    expect(said(giving(limits), '0 s', continuous('500 ug/d'))).toEqual([])
    expect(said(giving(limits), '0 s', continuous('501 ug/d'))).toEqual(hard('501 ug in 24 h are more than 500 ug'))
  })

  it('counts the fullest day of a pattern', () => {
    const daily = (dose: string) => flex('100 ug/d', [['6 h', dose, '1 h']], ['mon', 'wed'])
    expect(said(giving(limits), '0 s', daily('400 ug'))).toEqual([])
    expect(said(giving(limits), '0 s', daily('401 ug'))).toEqual(hard('501 ug in 24 h are more than 500 ug'))
  })

  it('refuses a bolus with which the basal still to come would exceed it', () => {
    const pump = giving(limits, continuous('400 ug/d'))
    expect(said(pump, '1 s', bolus('100 ug', '1 h'))).toEqual([])
    expect(said(pump, '1 s', bolus('101 ug', '1 h'))).toEqual(hard('501 ug in 24 h are more than 500 ug'))
  })

  it('never blocks a lower dose, though a refill had taken the pump beyond it', () => {
    const pump = giving(limits, continuous('400 uL/d'))
    const doubled = refill({ volume: '40 mL', concentration: '2000 ug/mL' })
    expect(said(pump, '1 d', doubled)).toEqual([
      '800 ug in 24 h are more than 500 ug, the hard limit of the clinic; program a lower dose',
    ])
    pump.program('1 d', doubled)
    const still = (daily: string) => [
      `${daily} ug in 24 h are more than 500 ug, the hard limit of the clinic, though no more than the pump gives now`,
    ]
    expect(said(pump, '2 d', continuous('399 uL/d'))).toEqual(still('798'))
    expect(said(pump, '2 d', continuous('400 uL/d'))).toEqual(still('800'))
    expect(said(pump, '2 d', continuous('250 uL/d'))).toEqual([])
    expect(said(pump, '2 d', continuous('401 uL/d'))).toEqual(hard('802 ug in 24 h are more than 500 ug'))
  })

  it('says once of a lower dose that it is beyond it, and says so of no clock', () => {
    const pump = giving(limits, continuous('400 uL/d'))
    pump.program('1 d', refill({ volume: '40 mL', concentration: '2000 ug/mL' }))
    const warned = (dose: string) => [
      `${dose} in 24 h are more than 500 ug, the hard limit of the clinic, though no more than the pump gives now`,
    ]
    // Its first bolus comes on top of what the day before gave.
    expect(said(pump, '2 d', periodic('700 ug', '1 h', '1 d'))).toEqual(warned('700 ug'))
    expect(wasApplied(pump.program('2 d', continuous('300 uL/d')))).toBe(true)
    expect(said(pump, '4 d', setClock('2026-02-05T12:00'))).toEqual([])
  })

  it('counts nothing for the time that the pump had no power', () => {
    const pump = giving(limits, continuous('480 ug/d'))
    pump.hear(at('12 h'), { kind: 'power-fails', atWrite: null })
    pump.hear(at('18 h'), { kind: 'power-returns' })
    pump.program('18 h', continuous('240 ug/d'))
    // At 24 h the day holds 240 ug of before, 60 ug since and the bolus.
    expect(said(pump, '18 h', bolus('200 ug', '1 h'))).toEqual([])
    expect(said(pump, '18 h', bolus('201 ug', '1 h'))).toEqual(hard('501 ug in 24 h are more than 500 ug'))
  })

  it('says nothing of a refill that keeps within it', () => {
    const pump = giving(limits, continuous('400 uL/d'))
    expect(said(pump, '1 d', refill({ volume: '40 mL', concentration: '1250 ug/mL' }))).toEqual([])
  })

  it('of mass counts no drug of a prime, of volume counts its fluid', () => {
    const primed = (dose: { hard: string }) => {
      const pump = giving({ dose })
      pump.program('0 s', prime('400 uL'))
      return pump
    }
    expect(said(primed({ hard: '500 ug' }), '1 h', bolus('500 ug', '1 h'))).toEqual([])
    expect(said(primed({ hard: '500 uL' }), '1 h', bolus('100 ug', '1 h'))).toEqual([])
    expect(said(primed({ hard: '500 uL' }), '1 h', bolus('101 ug', '1 h'))).toEqual(
      hard('501 uL in 24 h are more than 500 uL'),
    )
  })

  it('of mass counts no drug that a prime displaced in the past', () => {
    const pump = giving({ dose: { hard: '500 ug' } }, continuous('240 ug/d'), prime('1 mL'))
    pump.stop('12 h')
    // The prime masked one of twelve hours.
    expect(said(pump, '12 h', bolus('390 ug', '1 h'))).toEqual([])
    expect(said(pump, '12 h', bolus('391 ug', '1 h'))).toEqual(hard('501 ug in 24 h are more than 500 ug'))
  })

  it('of mass counts what is asked for behind a bridge, of volume what flows', () => {
    // The fluid in the line is half as strong as what follows it, so it flows twice as fast.
    const bridged = (dose: { hard: string }) => {
      const pump = giving({ dose }, refill({ volume: '40 mL', concentration: '2000 ug/mL' }))
      pump.program('0 s', bridge('10 mL'))
      return pump
    }
    expect(said(bridged({ hard: '500 ug' }), '1 h', continuous('500 ug/d'))).toEqual([])
    expect(said(bridged({ hard: '500 ug' }), '1 h', continuous('501 ug/d'))).toEqual(
      hard('501 ug in 24 h are more than 500 ug'),
    )
    expect(said(bridged({ hard: '500 uL' }), '1 h', continuous('500 ug/d'))).toEqual([])
    expect(said(bridged({ hard: '500 uL' }), '1 h', continuous('501 ug/d'))).toEqual(
      hard('501 uL in 24 h are more than 500 uL'),
    )
  })

  it('counts a day that lies behind a bridge over which less flows', () => {
    const pump = giving({ dose: { hard: '500 uL' } }, refill({ volume: '40 mL', concentration: '500 ug/mL' }))
    pump.program('0 s', bridge('1 mL'))
    expect(said(pump, '1 h', continuous('250 ug/d'))).toEqual([])
    expect(said(pump, '1 h', continuous('251 ug/d'))).toEqual(hard('502 uL in 24 h are more than 500 uL'))
  })
})

describe('what begins anew on top of what was given', () => {
  const limits = { dose: { hard: '500 ug' } }
  const daily = periodic('400 ug', '1 h', '1 d')

  it('by a jump of the clock is refused beyond the hard limit, and the clock goes on as it was', () => {
    const pump = giving(limits, daily)
    const answers = pump.program('2 h', setClock('2026-01-05T12:00'))
    expect(reasonIn(answers)).toBe(hard('800 ug in 24 h are more than 500 ug')[0])
    expect(pump.status('2 h').clock_us).toEqual(clockAt('2026-01-05T02:00'))
    pump.pass('20 h')
    expect(pump.peek().dose_ug).toEqual([['baclofen', { n: 400n, d: 1n }]])
    // A shift begins nothing anew.
    expect(said(pump, '20 h', setClock('2026-01-05T22:00'))).toEqual([])
    expect(said(pump, '20 h', setClock('2026-01-05T22:00:01'))).toEqual(hard('800 ug in 24 h are more than 500 ug'))
  })

  it('by a jump of the clock wants to be confirmed beyond the soft limit', () => {
    const pump = giving({ dose: { soft: '500 ug' } }, daily)
    expect(said(pump, '2 h', setClock('2026-01-05T12:00'))).toEqual(soft('800 ug in 24 h are more than 500 ug'))
    expect(said(pump, '2 h', setClock('2026-01-05T03:00'))).toEqual([])
  })

  it('is no matter where it gives no more than there would be anyway', () => {
    const pump = giving(limits, continuous('400 uL/d'))
    pump.program('1 d', refill({ volume: '40 mL', concentration: '2000 ug/mL' }))
    expect(wasApplied(pump.program('2 d', continuous('200 uL/d')))).toBe(true)
    // The day before holds 800 ug, and no clock adds to it.
    expect(said(pump, '2 d', setClock('2026-02-05T12:00'))).toEqual([])
    expect(said(pump, '2 d', continuous('200 uL/d'))).toEqual([])
    expect(said(giving(limits, daily), '1 d', setClock('2026-02-05T12:00'))).toEqual([])
  })

  it('by a therapy programmed again is refused, and by a lower one confirmed', () => {
    const pump = giving(limits, daily)
    expect(said(pump, '2 h', daily)).toEqual(hard('800 ug in 24 h are more than 500 ug'))
    expect(said(pump, '2 h', periodic('200 ug', '1 h', '1 d'))).toEqual([
      '600 ug in 24 h are more than 500 ug, the hard limit of the clinic, with what was given before',
    ])
    expect(said(pump, '2 h', periodic('100 ug', '1 h', '1 d'))).toEqual([])
    for (const program of [STOPPED, MINIMUM_RATE]) expect(said(pump, '30 min', program)).toEqual([])
    expect(wasApplied(pump.program('2 h', periodic('200 ug', '1 h', '1 d')))).toBe(true)
  })

  it('by a steady flow of the same daily dose is refused soon after a bolus, and taken before it', () => {
    const morning = () => giving({ dose: { hard: '450 ug' } }, flex('50 ug/d', [['6 h', '400 ug', '1 h']]))
    // From 6 h on: the bolus, two hours of its basal and 22 h of the steady flow.
    expect(said(morning(), '8 h', continuous('450 ug/d'))).toEqual(hard('816.667 ug in 24 h are more than 450 ug'))
    expect(said(morning(), '6 h', continuous('450 ug/d'))).toEqual([])
  })

  it('by a clock set forward comes sooner, and wants to be confirmed', () => {
    const morning = flex('50 ug/d', [['6 h', '400 ug', '1 h']])
    const pump = giving(limits, morning)
    expect(said(pump, '7 h', setClock('2026-01-05T08:00'))).toEqual([
      '850 ug in 24 h are more than 500 ug, the hard limit of the clinic, with what was given before',
    ])
    expect(said(pump, '7 h', setClock('2026-01-05T06:00'))).toEqual([])
    expect(said(giving({}, morning), '7 h', setClock('2026-01-05T08:00'))).toEqual([])
  })
})

describe('a limit by volume', () => {
  it('bounds a prime, which is fluid though no drug that anybody meant', () => {
    const primed = (limits: Limits, volume: string) =>
      said(giving(limits, continuous('240 uL/d')), '1 d', prime(volume))
    // 260 uL in 15.6 min, in which 2.6 uL of the therapy are lost.
    expect(primed({ dose: { hard: '497.4 uL' } }, '260 uL')).toEqual([])
    expect(primed({ dose: { hard: '497.3 uL' } }, '260 uL')).toEqual(hard('497.4 uL in 24 h are more than 497.3 uL'))
    expect(primed({ dose: { soft: '497.3 uL' } }, '260 uL')).toEqual(soft('497.4 uL in 24 h are more than 497.3 uL'))
    for (const dose of [{ hard: '300 ug' }, { soft: '300 ug' }]) expect(primed({ dose }, '260 uL')).toEqual([])
    expect(primed({}, '10 mL')).toEqual([])
  })

  it('bounds a bridge by which more flows, and none by which less does', () => {
    const bridged = (limits: Limits, concentration: string, dose: string) =>
      said(giving(limits, refill({ volume: '40 mL', concentration }), continuous(dose)), '1 h', bridge('10 mL'))
    const ofVolume = { dose: { hard: '500 uL' } }
    expect(bridged(ofVolume, '2000 ug/mL', '500 ug/d')).toEqual([])
    expect(bridged(ofVolume, '2000 ug/mL', '501 ug/d')).toEqual(hard('501 uL in 24 h are more than 500 uL'))
    expect(bridged({ dose: { soft: '500 uL' } }, '2000 ug/mL', '501 ug/d')).toEqual(
      soft('501 uL in 24 h are more than 500 uL'),
    )
    for (const dose of [{ hard: '501 ug' }, { soft: '501 ug' }]) {
      expect(bridged({ dose }, '2000 ug/mL', '501 ug/d')).toEqual([])
    }
    // 800 uL a day since the refill, half of that over the bridge.
    const pump = giving(ofVolume, continuous('400 ug/d'), refill({ volume: '40 mL', concentration: '500 ug/mL' }))
    expect(said(pump, '1 h', bridge('100 mL'))).toEqual([])
  })

  it('never blocks a stop', () => {
    const pump = giving({ dose: { hard: '500 uL' } }, continuous('500 uL/d'))
    expect(said(pump, '1 d', STOPPED)).toEqual([])
    expect(wasApplied(pump.stop('1 d'))).toBe(true)
  })
})

describe('what is still to come', () => {
  const weaker = refill({ volume: '40 mL', concentration: '500 ug/mL' })

  it('is looked at behind a prime that is under way, and what it masks is not counted as drug', () => {
    const pump = giving({ dose: { hard: '500 ug' } })
    pump.program('0 s', prime('1 mL'))
    // The prime lasts an hour, so half of the bolus never comes.
    expect(said(pump, '0 s', bolus('1000 ug', '2 h'))).toEqual([])
    expect(said(pump, '0 s', bolus('1002 ug', '2 h'))).toEqual(hard('501 ug in 24 h are more than 500 ug'))
  })

  it('is looked at behind a prime that lasts longer than a day', () => {
    const pump = giving({ dose: { hard: '500 ug' } }, prime('36 mL'))
    expect(said(pump, '1 h', continuous('500 ug/d'))).toEqual([])
    expect(said(pump, '1 h', continuous('501 ug/d'))).toEqual(hard('501 ug in 24 h are more than 500 ug'))
  })

  it('is looked at behind a bridge, though nothing flows before the first bolus of a pattern', () => {
    const pump = giving({ dose: { hard: '500 uL' } }, weaker, bridge('1 mL'))
    const daily = (dose: string) => flex('0 ug/d', [['6 h', dose, '1 h']])
    expect(said(pump, '1 h', daily('250 ug'))).toEqual([])
    expect(said(pump, '1 h', daily('251 ug'))).toEqual(hard('502 uL in 24 h are more than 500 uL'))
  })

  it('ends where nothing flows any more, though a bridge is left', () => {
    const pump = giving({ dose: { hard: '500 uL' } }, weaker, bridge('10 mL'))
    expect(said(pump, '1 h', bolus('500 ug', '1 h'))).toEqual([])
    expect(said(pump, '1 h', bolus('501 ug', '1 h'))).toEqual(hard('501 uL in 24 h are more than 500 uL'))
  })

  it('of a pattern too dense to be looked at is refused', () => {
    const dense = periodic('0.1 uL', '1 min', '1 min')
    expect(said(giving({}, dense), '1 h', bolus('3 mL', '1 d'))).toEqual([])
    expect(said(giving({}, dense), '1 h', bolus('3 mL', '30 d'))).toEqual([
      'too many boluses of the pattern fall into it; give it over a shorter time',
    ])
    const bridged = giving({ dose: { hard: '1 mL' } }, weaker, bridge('10 mL'))
    expect(said(bridged, '1 h', dense)).toEqual([
      'so many boluses that their dose in 24 h cannot be looked at may be more than the limit, the hard limit of the clinic; give less, or wait',
    ])
  })
})

describe('a limit of the change', () => {
  it('wants a change by more than the soft one confirmed, either way', () => {
    const pump = giving({ change: { soft: '30 %' } }, continuous('100 ug/d'))
    const beyond = (change: string) => [`the dose changes by ${change}, by more than the 30 % of the clinic`]
    for (const dose of ['130 ug/d', '100 ug/d', '70 ug/d']) expect(said(pump, '1 h', continuous(dose))).toEqual([])
    expect(said(pump, '1 h', continuous('131 ug/d'))).toEqual(beyond('31 %'))
    expect(said(pump, '1 h', continuous('69 ug/d'))).toEqual(beyond('-31 %'))
  })

  it('refuses a rise by more than the hard one, and no fall', () => {
    const pump = giving({ change: { hard: '20 %' } }, continuous('100 ug/d'))
    for (const dose of ['120 ug/d', '50 ug/d', '0 ug/d']) expect(said(pump, '1 h', continuous(dose))).toEqual([])
    expect(said(pump, '1 h', continuous('121 ug/d'))).toEqual([
      'the dose rises by 21 %, by more than the 20 % the clinic allows; raise it in smaller steps',
    ])
  })

  it('is measured against the last therapy that gave anything, and against none at first', () => {
    const limits = { change: { soft: '10 %', hard: '20 %' } }
    expect(said(giving(limits), '0 s', continuous('900 ug/d'))).toEqual([])
    const pump = giving(limits, continuous('100 ug/d'))
    pump.stop('1 h')
    expect(said(pump, '2 h', continuous('121 ug/d'))[0]).toMatch('the dose rises by 21 %')
    expect(said(pump, '2 h', continuous('111 ug/d'))[0]).toMatch('the dose changes by 11 %')
    expect(said(pump, '2 h', continuous('110 ug/d'))).toEqual([])
  })

  it('is asked of a therapy alone, and never of a stop', () => {
    const pump = giving({ change: { soft: '0 %', hard: '0 %' } }, continuous('100 ug/d'))
    for (const program of [STOPPED, bolus('10 ug', '1 h'), prime('10 uL')]) {
      expect(said(pump, '1 h', program)).toEqual([])
    }
  })

  it('is not asked of a refill in the safe state, where the pump gives less than it gave', () => {
    const pump = giving({ change: { soft: '10 %' } }, continuous('100 ug/d'))
    pump.hear(at('1 h'), { kind: 'power-fails', atWrite: null })
    pump.hear(at('1 h'), { kind: 'power-returns' })
    expect(said(pump, '2 h', refill({ volume: '40 mL' }))).toEqual([])
  })

  it('does not mistake another concentration for another dose', () => {
    const pump = giving({ change: { soft: '10 %' } }, continuous('100 ug/d'))
    pump.program('1 d', refill({ volume: '40 mL', concentration: '500 ug/mL' }))
    expect(said(pump, '1 d', continuous('110 ug/d'))).toEqual([])
    expect(said(pump, '1 d', continuous('111 ug/d'))[0]).toMatch('the dose changes by 11 %')
  })

  it('is measured against the dose as it was meant, whatever fluid has come in since', () => {
    const limits = { change: { soft: '30 %', hard: '50 %' } }
    const stronger = refill({ volume: '40 mL', concentration: '4000 ug/mL' })
    const pump = giving(limits, continuous('400 uL/d'))
    pump.stop('1 d')
    pump.program('25 h', stronger)
    const quadrupled = ['the dose rises by 300 %, by more than the 50 % the clinic allows; raise it in smaller steps']
    expect(said(pump, '26 h', { kind: 'restart' })).toEqual(quadrupled)
    expect(said(pump, '26 h', continuous('100 uL/d'))).toEqual([])
    expect(said(pump, '26 h', continuous('60 uL/d'))).toEqual([
      'the dose changes by -40 %, by more than the 30 % of the clinic',
    ])
    const weakened = giving(limits, continuous('400 uL/d'))
    weakened.program('1 d', refill({ volume: '40 mL', concentration: '250 ug/mL' }))
    for (const time of ['1 d', '2 d']) expect(said(weakened, time, continuous('400 ug/d'))).toEqual([])
    expect(weakened.copy().prepare('2 d', continuous('400 ug/d'))[0]).toMatchObject({
      previousDaily_uL: weakened
        .copy()
        .prepare('2 d', continuous('1600 uL/d'))
        .flatMap((one) => (one.kind === 'readback' ? [one.daily_uL] : []))[0],
    })
  })

  it('does not compare with minimum rate, and a restart resumes it all the same', () => {
    const pump = giving({ change: { soft: '30 %', hard: '50 %' } }, continuous('400 ug/d'), MINIMUM_RATE)
    expect(said(pump, '1 d', continuous('400 ug/d'))).toEqual([])
    expect(said(pump, '1 d', continuous('601 ug/d'))[0]).toMatch('the dose rises by 50.25 %')
    pump.stop('1 d')
    const answers = pump.copy().prepare('2 d', { kind: 'restart' })
    expect(answers.find(({ kind }) => kind === 'readback')).toMatchObject({ stored: MINIMUM_RATE })
  })

  it('does not compare the doses of two drugs', () => {
    const pump = giving({ change: { soft: '0 %', hard: '0 %' } }, continuous('400 ug/d'))
    pump.program('1 d', refill({ volume: '40 mL', drug: 'morphine', concentration: '10 mg/mL' }))
    expect(said(pump, '1 d', continuous('1 mg/d'))).toEqual([])
    expect(pump.copy().prepare('1 d', continuous('1 mg/d'))[0]).toMatchObject({ previousDaily_uL: null })
  })

  it('is kept over a loss of power', () => {
    const pump = giving({ change: { hard: '50 %' } }, continuous('400 ug/d'))
    pump.hear(at('1 h'), { kind: 'power-fails', atWrite: null })
    pump.hear(at('2 h'), { kind: 'power-returns' })
    expect(said(pump, '3 h', continuous('601 ug/d'))[0]).toMatch('the dose rises by 50.25 %')
    expect(said(pump, '3 h', continuous('600 ug/d'))).toEqual([])
  })

  it('stands beside a limit of the dose', () => {
    const pump = giving({ dose: { soft: '110 ug' }, change: { soft: '10 %' } }, continuous('100 ug/d'))
    expect(said(pump, '1 d', continuous('120 ug/d'))).toHaveLength(2)
  })
})

describe('a refill of another concentration under a therapy by volume', () => {
  const filled = (limits: Limits, concentration: string, ...programs: readonly Program[]) =>
    said(giving(limits, ...programs), '1 d', refill({ volume: '40 mL', concentration }))
  const by = (change: string, to: string) =>
    `the dose changes by ${change}, from 400 to ${to} ug a day, by more than the`
  const REMEDY = 'program the therapy anew for what the pump holds'

  it('changes its dose, which wants to be confirmed beyond the soft limit, either way', () => {
    const limits = { change: { soft: '30 %' } }
    const volume = continuous('400 uL/d')
    expect(filled(limits, '1300 ug/mL', volume)).toEqual([])
    expect(filled(limits, '700 ug/mL', volume)).toEqual([])
    expect(filled(limits, '1310 ug/mL', volume)).toEqual([`${by('31 %', '524')} 30 % of the clinic; ${REMEDY}`])
    expect(filled(limits, '690 ug/mL', volume)).toEqual([`${by('-31 %', '276')} 30 % of the clinic; ${REMEDY}`])
  })

  it('is taken beyond the hard limit too, for the fluid is in, and wants to be confirmed where the dose rises', () => {
    const limits = { change: { hard: '30 %' } }
    const volume = continuous('400 uL/d')
    expect(filled(limits, '1300 ug/mL', volume)).toEqual([])
    expect(filled(limits, '1310 ug/mL', volume)).toEqual([`${by('31 %', '524')} 30 % the clinic allows; ${REMEDY}`])
    expect(filled(limits, '100 ug/mL', volume)).toEqual([])
  })

  it('says nothing where the dose is by mass, where none is given, and where the clinic sets no limit', () => {
    const limits = { change: { soft: '0 %', hard: '0 %' } }
    expect(filled(limits, '2000 ug/mL', continuous('400 ug/d'))).toEqual([])
    expect(filled(limits, '2000 ug/mL', continuous('400 uL/d'), STOPPED)).toEqual([])
    expect(filled(limits, '1000 ug/mL', continuous('400 uL/d'))).toEqual([])
    expect(filled({}, '2000 ug/mL', continuous('400 uL/d'))).toEqual([])
  })

  it('looks at the whole day of a pattern', () => {
    const mixed = flex('200 uL/d', [['6 h', '200 ug', '1 h']])
    expect(filled({ change: { soft: '30 %' } }, '2000 ug/mL', mixed)).toEqual([
      `${by('50 %', '600')} 30 % of the clinic; ${REMEDY}`,
    ])
  })
})

describe('a refill of another concentration under leave for boluses by volume', () => {
  it('changes what the patient may ask for, which wants to be confirmed', () => {
    const limits = { change: { soft: '30 %', hard: '100 %' } }
    const filled = (concentration: string, dose: string) =>
      said(giving(limits, patientBolus(dose, '1 h', '4 h', 3)), '1 d', refill({ volume: '40 mL', concentration }))
    const told = (change: string, to: string, limit: string) =>
      `the bolus that the patient may ask for changes by ${change}, from 50 to ${to} ug, by more than the ${limit}; program the leave anew`
    expect(filled('1300 ug/mL', '50 uL')).toEqual([])
    expect(filled('500 ug/mL', '50 uL')).toEqual([told('-50 %', '25', '30 % of the clinic')])
    expect(filled('4000 ug/mL', '50 uL')).toEqual([
      told('300 %', '200', '30 % of the clinic'),
      told('300 %', '200', '100 % the clinic allows'),
    ])
    expect(filled('4000 ug/mL', '50 ug')).toEqual([])
  })
})

describe('a refill of another drug', () => {
  const MORPHINE = refill({ volume: '40 mL', drug: 'morphine', concentration: '2000 ug/mL' })
  const HOLDS = 'the therapy was programmed for baclofen, and the reservoir now holds morphine'
  const LEAVE = patientBolus('1 ug', '10 min', '1 h', 4)

  it('wants to be confirmed where anything was programmed for the drug before', () => {
    expect(said(giving({}, continuous('400 uL/d')), '1 d', MORPHINE)).toEqual([`${HOLDS}; program it anew`])
    // A restart would resume it.
    expect(said(giving({}, continuous('400 uL/d'), STOPPED), '1 d', MORPHINE)).toEqual([`${HOLDS}; program it anew`])
    expect(said(giving({}, bolus('10 ug', '1 h')), '30 min', MORPHINE)).toEqual([`${HOLDS}; program it anew`])
    expect(said(giving({}), '1 d', MORPHINE)).toEqual([])
    expect(said(giving({}, continuous('400 uL/d')), '1 d', refill({ volume: '40 mL' }))).toEqual([])
  })

  it('names the drug that the therapy was programmed for, however often the reservoir was filled since', () => {
    const pump = giving({}, continuous('400 uL/d'))
    expect(wasApplied(pump.program('1 d', MORPHINE))).toBe(true)
    const ziconotide = refill({ volume: '40 mL', drug: 'ziconotide', concentration: '25 ug/mL' })
    expect(said(pump, '2 d', ziconotide)).toEqual([`${HOLDS.replace('morphine', 'ziconotide')}; program it anew`])
    expect(said(pump, '3 d', refill({ volume: '40 mL' }))).toEqual([])
  })

  it('says that the leave of the patient goes on', () => {
    const warned = [`${HOLDS}, and the leave of the patient for boluses goes on, of morphine; program it anew`]
    const pump = giving({}, LEAVE)
    expect(said(pump, '1 d', MORPHINE)).toEqual(warned)
    expect(wasApplied(pump.program('1 d', MORPHINE))).toBe(true)
    expect(pump.state.patient.permission).not.toBeNull()
  })

  it('says nothing to a pump that does not know what it holds', () => {
    const pump = giving({}, continuous('400 uL/d'))
    pump.hear(at('1 h'), { kind: 'power-fails', atWrite: null })
    pump.hear(at('1 h'), { kind: 'bit-flip', copy: 'both', bit: 777 })
    pump.hear(at('1 h'), { kind: 'power-returns' })
    pump.program('2 h', MINIMUM_RATE)
    expect(said(pump, '3 h', MORPHINE)).toEqual([])
  })
})
