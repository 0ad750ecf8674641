/** Programs, amounts and instants as a trace holds them: every key in base units and exact, whatever the program. */
import { describe, expect, it } from 'vitest'
import type { Dose, DoseRate, Program } from '#firmware-sim/messages'
import { amountOf, byDrug, byDrugAgain, exactAgain, fromExact, wholeMicroseconds } from '#hil/run/exact'
import { headerOf } from '#hil/run/header'
import { programRecord } from '#hil/run/program-record'
import type { ProgramRecord } from '#hil/run/trace'
import { as } from '#units/quantity'
import { ratio, whole } from '#units/rational'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'

const MASS: Dose = { by: 'mass', mass_ug: as(ratio(7n, 3n)) }
const VOLUME: Dose = { by: 'volume', volume_uL: as(ratio(5n, 2n)) }
const MASS_RATE: DoseRate = { by: 'mass', rate_ug_per_us: as(ratio(1n, 9n)) }
const VOLUME_RATE: DoseRate = { by: 'volume', rate_uL_per_us: as(ratio(2n, 11n)) }
const [HALF, MINUTE, HOUR] = [as<never>(ratio(1n, 2n)), as<never>(whole(60)), as<never>(whole(3600))]

const RECORDED: readonly (readonly [Program, ProgramRecord])[] = [
  [
    { kind: 'therapy', therapy: { mode: 'stopped' } },
    { kind: 'therapy', mode: 'stopped', dose: null, unit: null },
  ],
  [
    { kind: 'therapy', therapy: { mode: 'minimum-rate' } },
    { kind: 'therapy', mode: 'minimum-rate', dose: null, unit: null },
  ],
  [
    { kind: 'therapy', therapy: { mode: 'simple-continuous', dose: MASS_RATE } },
    { kind: 'therapy', mode: 'simple-continuous', dose: '1/9', unit: 'ug/us' },
  ],
  [
    { kind: 'therapy', therapy: { mode: 'simple-continuous', dose: VOLUME_RATE } },
    { kind: 'therapy', mode: 'simple-continuous', dose: '2/11', unit: 'uL/us' },
  ],
  [
    {
      kind: 'therapy',
      therapy: {
        mode: 'flex',
        basal: VOLUME_RATE,
        boluses: [
          { at_us: HOUR, dose: MASS, over_us: MINUTE },
          { at_us: HALF, dose: VOLUME, over_us: HOUR },
        ],
        days: ['mon', 'fri'],
      },
    },
    {
      kind: 'therapy',
      mode: 'flex',
      basal: { dose: '2/11', unit: 'uL/us' },
      boluses: [
        { at_us: '3600', dose: '7/3', unit: 'ug', over_us: '60' },
        { at_us: '1/2', dose: '5/2', unit: 'uL', over_us: '3600' },
      ],
      days: ['mon', 'fri'],
    },
  ],
  [
    {
      kind: 'therapy',
      therapy: { mode: 'periodic-bolus', basal: null, dose: VOLUME, over_us: MINUTE, every_us: HOUR },
    },
    { kind: 'therapy', mode: 'periodic-bolus', basal: null, dose: '5/2', unit: 'uL', over_us: '60', every_us: '3600' },
  ],
  [
    {
      kind: 'therapy',
      therapy: { mode: 'periodic-bolus', basal: MASS_RATE, dose: MASS, over_us: HALF, every_us: HOUR },
    },
    {
      ...{ kind: 'therapy', mode: 'periodic-bolus', basal: { dose: '1/9', unit: 'ug/us' } },
      ...{ dose: '7/3', unit: 'ug', over_us: '1/2', every_us: '3600' },
    },
  ],
  [
    { kind: 'bolus', bolus: { dose: MASS, over_us: MINUTE } },
    { kind: 'bolus', dose: '7/3', unit: 'ug', over_us: '60' },
  ],
  [
    { kind: 'bolus', bolus: { dose: VOLUME, over_us: MINUTE } },
    { kind: 'bolus', dose: '5/2', unit: 'uL', over_us: '60' },
  ],
  [
    { kind: 'prime', prime: { volume: 'auto' } },
    { kind: 'prime', volume_uL: 'auto' },
  ],
  [
    { kind: 'prime', prime: { volume: HALF } },
    { kind: 'prime', volume_uL: '1/2' },
  ],
  [
    { kind: 'bridge', bridge: { volume: 'auto' } },
    { kind: 'bridge', volume_uL: 'auto' },
  ],
  [
    { kind: 'bridge', bridge: { volume: HOUR } },
    { kind: 'bridge', volume_uL: '3600' },
  ],
  [
    { kind: 'patient-bolus', patientBolus: { dose: VOLUME, over_us: HALF, lockout_us: HOUR, maxPerDay: 4 } },
    { kind: 'patient-bolus', dose: '5/2', unit: 'uL', over_us: '1/2', lockout_us: '3600', max_per_day: 4 },
  ],
  [
    {
      kind: 'refill',
      refill: {
        withdrawn: 'all',
        contents: { drug: 'baclofen', concentration_ug_per_uL: HALF },
        volume_uL: as(whole(20_000)),
      },
    },
    {
      ...{ kind: 'refill', withdrawn_uL: 'all', drug: 'baclofen' },
      ...{ concentration_ug_per_uL: '1/2', volume_uL: '20000' },
    },
  ],
  [
    {
      kind: 'refill',
      refill: {
        withdrawn: MINUTE,
        contents: { drug: 'morphine', concentration_ug_per_uL: HOUR },
        volume_uL: HALF,
      },
    },
    { kind: 'refill', withdrawn_uL: '60', drug: 'morphine', concentration_ug_per_uL: '3600', volume_uL: '1/2' },
  ],
  [{ kind: 'restart' }, { kind: 'restart' }],
  [
    { kind: 'set-clock', to_us: HALF },
    { kind: 'set-clock', to_us: '1/2' },
  ],
]

describe('the record of a program', () => {
  it.each(RECORDED)('has all of it, in base units (%#)', (program, record) => {
    expect(programRecord(program)).toEqual(record)
  })
})

describe('amounts by drug', () => {
  const amounts = [
    ['baclofen', ratio(1n, 3n)],
    ['morphine', whole(2)],
  ] as const

  it('keep their order, and are found by their drug or are none', () => {
    const written = byDrug(new Map(amounts))
    expect(written).toEqual([
      ['baclofen', '1/3'],
      ['morphine', '2'],
    ])
    expect(byDrugAgain(amounts)).toEqual(written)
    expect(amountOf(written, 'baclofen')).toEqual(ratio(1n, 3n))
    expect(amountOf(written, 'morphine')).toEqual(whole(2))
    expect(amountOf(written, 'ziconotide')).toEqual(whole(0))
    expect(amountOf([], 'baclofen')).toEqual(whole(0))
  })
})

describe('a value of a trace', () => {
  it('is exact, both ways', () => {
    expect(exactAgain(ratio(-7n, 3n))).toBe('-7/3')
    expect(fromExact('-7/3')).toEqual(ratio(-7n, 3n))
  })

  it('that is an instant of the bench is rounded up, as every due time is', () => {
    expect(wholeMicroseconds(ratio(7n, 2n))).toBe(4)
    expect(wholeMicroseconds(whole(4))).toBe(4)
  })
})

describe('the header of a trace', () => {
  it('says how fast therapy ran and how the rig was calibrated where there is anything to say', () => {
    const text = draft({
      name: 'headed',
      duration: '1 d',
      prescription: [therapy('0 d', '400 ug/d')],
      checks: ['{ check: invariants }'],
    })
    const scenario = scenarioOf(text)
    const equipment = {
      ...{ pump: 'reference', rig: 'ideal', rig_identity: 'id' },
      provenance: { displaced: 'by the rotor', uncertainty_percent: 2 },
    }
    const plain = headerOf(scenario, equipment)
    expect(Object.keys(plain)).toEqual([
      ...['kind', 'schema', 'scenario', 'pump', 'rig', 'rig_identity', 'provenance'],
      ...['seed', 'file_sha256', 'text', 'model'],
    ])
    expect(plain).toMatchObject({ kind: 'header', schema: 'pumpbench/trace@1', scenario: 'headed', text, ...equipment })
    expect(plain.model).toMatchObject({ name: scenario.pump.name })
    const calibration = {
      ...{ file_sha256: 'f', step_uL: '1/4', uncertainty_uL: '1/400', coverage: '2', encoder_steps: null },
      ...{ instruments: [], calibrated: '2026-01-05', due: '2027-01-05', used: '2026-03-01' },
    }
    expect(headerOf(scenario, { ...equipment, speed: '60', calibration })).toEqual({
      ...plain,
      speed: '60',
      calibration,
    })
  })
})
