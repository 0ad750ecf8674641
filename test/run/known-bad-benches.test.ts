/**
 * Pumps and rigs with one defect each, all held against the same checks: each fails exactly those that are meant for it,
 * and the report names the two ledgers that parted.
 */
import { describe, expect, it, vi } from 'vitest'
import type { PumpOutput } from '#firmware-sim/messages'
import { modelPump } from '#hil/pump/model'
import { definePump, type Pump, type PumpDefinition } from '#hil/pump/pump'
import { partings } from '#hil/report/parting'
import { emulatedRig, rigFirmware } from '#hil/rig/avr/rig'
import { idealRig } from '#hil/rig/ideal'
import type { RigDefinition } from '#hil/rig/rig'
import { type ExecuteOptions, execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import type { RunResult } from '#hil/run/result'
import type { CalibrationRecord } from '#hil/run/trace'
import { slice } from '#units/cadence'
import { as, type Time_us } from '#units/quantity'
import { add, compare, multiply, ratio, subtract, times, whole } from '#units/rational'
import { distorted, rigWith } from '../support/bench.ts'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'

vi.setConfig({ testTimeout: 120_000 })

/** Three days at 0.5 mL/d in steps of 2 uL; after two of them the reservoir is down to its low level of 2 mL. */
const SCENARIO = {
  duration: '3 d',
  pump: '{ model: im-20, overrides: { step_volume: 2 uL } }',
  fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 3 mL }',
  prescription: [therapy('0 d', '250 ug/d')],
  checks: [
    '{ check: tracking, within: 15 step }',
    '{ check: delivered-volume, within: 2 % }',
    '{ check: dose-at-tip, within: 2 % }',
    '{ check: reservoir-estimate, within: 20 uL }',
    '{ check: alarm, alarm: low-reservoir, between: [2 d, 2 d 1 min] }',
    '{ check: no-other-alarms }',
    '{ check: programmed-as-prescribed }',
  ],
}

/** Makes each stretch faster than it books it. */
const fast = distorted('fast', (output) => {
  if (output.kind !== 'order') return [output]
  const interval_us = as<Time_us>(multiply(output.interval_us, ratio(100n, 103n)))
  return [{ ...output, interval_us, count: Math.floor((output.count * 103) / 100) }]
})

/** Books, and takes off its reservoir, two steps for each one. */
const countsTwice = distorted('counts twice', (output) => {
  if (output.kind === 'booked')
    return [
      { ...output, run: { ...output.run, step_uL: twice(output.run.step_uL), step_ug: twice(output.run.step_ug) } },
    ]
  if (output.kind !== 'status') return [output]
  const { status } = output
  const dose_ug = status.dose_ug.map(([drug, mass]) => [drug, twice(mass)] as const)
  const reservoir_uL = as<typeof status.reservoir_uL>(subtract(status.reservoir_uL, status.volume_uL))
  const open = status.open && {
    ...status.open,
    step_uL: twice(status.open.step_uL),
    step_ug: twice(status.open.step_ug),
  }
  return [{ ...output, status: { ...status, volume_uL: twice(status.volume_uL), dose_ug, reservoir_uL, open } }]
})

function twice<T extends { readonly n: bigint; readonly d: bigint }>(value: T): T {
  return times(value, 2) as T
}

/** Says that there is more left than it believes. */
const optimistic = distorted('optimistic', (output) => {
  if (output.kind !== 'status') return [output]
  const reservoir_uL = as<typeof output.status.reservoir_uL>(add(output.status.reservoir_uL, whole(100)))
  return [{ ...output, status: { ...output.status, reservoir_uL } }]
})

const HOUR_us = whole(3_600_000_000)

/** Keeps every alarm to itself for an hour. */
const lateAlarm: PumpDefinition = definePump({
  name: 'late alarm',
  create: (setup): Pump => {
    const inner = modelPump.create(setup)
    let held: PumpOutput[] = []
    const due = (output: PumpOutput) => as<Time_us>(add(output.at_us, HOUR_us))
    return {
      react: (at_us, input) => {
        const outputs = inner.react(at_us, input)
        held.push(...outputs.filter(({ kind }) => kind === 'alarm'))
        const said = held.filter((output) => compare(due(output), at_us) <= 0)
        held = held.filter((output) => !said.includes(output))
        return [...said.map((output) => ({ ...output, at_us })), ...outputs.filter(({ kind }) => kind !== 'alarm')]
      },
      nextWake: () => {
        const wake = inner.nextWake()
        const [first] = held
        if (first === undefined) return wake
        return wake === null || compare(due(first), wake) < 0 ? due(first) : wake
      },
    }
  },
})

/** Divides a dose by another concentration than the one it reads back. */
const wrongDivisor: PumpDefinition = definePump({
  name: 'wrong divisor',
  create: ({ contents, ...setup }): Pump => {
    const concentration = as<typeof contents.concentration_ug_per_uL>(times(contents.concentration_ug_per_uL, 2))
    return modelPump.create({ ...setup, contents: { ...contents, concentration_ug_per_uL: concentration } })
  },
})

/** Makes nineteen of twenty steps, and neither tells nor counts what it did not make. */
const losesSteps: RigDefinition = {
  ...idealRig,
  create: () => {
    let asked = 0
    return rigWith((inner) => ({
      advance: async (tick) => {
        const report = await inner.advance(tick)
        const motion = report.motion.flatMap((cadence) =>
          Array.from({ length: cadence.count }, (_, n) => slice(cadence, n, n + 1)).filter(() => {
            asked += 1
            return asked % 20 !== 0
          }),
        )
        return { ...report, motion, feedback: [] }
      },
    })).create()
  },
}

const reversed = emulatedRig({ flash: rigFirmware(), wiring: { broken: 0, crossed: [0, 1] } })
const stuckEncoder = emulatedRig({ flash: rigFirmware(), encoder: 'stuck' })

/** A motor whose step is 4 % larger than the pump model has it, as a balance found. */
const LARGER_STEP: CalibrationRecord = {
  file_sha256: '0'.repeat(64),
  step_uL: '52/25',
  uncertainty_uL: '1/500',
  coverage: '2',
  encoder_steps: '1',
  instruments: [{ instrument: 'balance', serial: 'B1', certificate: 'C-7', due: '2026-12-31' }],
  calibrated: '2026-01-05',
  due: '2026-12-31',
  used: '2026-06-01',
}

interface Made {
  readonly pump?: PumpDefinition
  readonly rig?: RigDefinition
  readonly options?: ExecuteOptions
}

async function ran({ pump = modelPump, rig = idealRig, options = {} }: Made): Promise<RunResult> {
  const trace = await execute(scenarioOf(draft(SCENARIO)), pump, rig, options)
  return judge(trace, { file: 'draft.yaml', wall_s: 0 })
}

const outcomesOf = (result: RunResult) =>
  result.checks
    .filter(({ outcome }) => outcome !== 'pass')
    .map(({ check, outcome }) => (outcome === 'fail' ? check : `${check}: ${outcome}`))

const measured = { rig: 'ideal', identity: 'in-process motor', calibration: LARGER_STEP }

describe('the bench', () => {
  it.each([
    ['ideal', idealRig],
    ['avr', emulatedRig({ flash: rigFirmware() })],
  ])('passes the sound pump on the sound rig %s', async (_, rig) => {
    const result = await ran({ rig })
    expect(outcomesOf(result)).toEqual([])
    expect(partings(result)).toEqual([])
  })

  const FLOW = ['tracking', 'delivered-volume', 'dose-at-tip']

  it.each<[string, Made, readonly string[], readonly string[]]>([
    ['a motor that runs 3 % fast', { pump: fast }, [...FLOW, 'reservoir-estimate'], ['belief', 'volume', 'mass']],
    [
      'a rig that loses every twentieth step',
      { rig: losesSteps },
      [...FLOW, 'reservoir-estimate'],
      ['belief', 'volume', 'mass'],
    ],
    ['a pump that counts every step twice', { pump: countsTwice }, ['tracking', 'reservoir-estimate'], ['belief']],
    ['a pump whose alarms come an hour late', { pump: lateAlarm }, ['alarm'], []],
    ['a motor that turns backwards', { rig: reversed }, [...FLOW, 'alarm', 'no-other-alarms'], ['volume', 'mass']],
    [
      'an encoder that is stuck',
      { rig: stuckEncoder },
      ['tracking', 'reservoir-estimate', 'alarm', 'no-other-alarms'],
      ['belief'],
    ],
    ['a pump that says more is left than there is', { pump: optimistic }, ['reservoir-estimate'], ['belief']],
    ['a pump that divides by the wrong concentration', { pump: wrongDivisor }, [...FLOW, 'alarm'], ['volume', 'mass']],
    [
      'a step that is larger than the pump has it',
      { options: { measured } },
      [...FLOW, 'reservoir-estimate'],
      ['belief', 'volume', 'mass'],
    ],
  ])('fails %s by the checks that are meant for it, and says which ledgers parted', async (_, made, failing, pairs) => {
    const result = await ran(made)
    expect(outcomesOf(result)).toEqual(failing)
    expect(partings(result).map(({ pair }) => pair)).toEqual(pairs)
    expect(result.verdict).toBe('fail')
  })
})
