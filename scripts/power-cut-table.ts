/**
 * What is left when the power fails at a word write of an operation: every one of them tried on the pump itself.
 */
import { payloadOf } from '#firmware-sim/memory/store'
import type { Program, PumpInput } from '#firmware-sim/messages'
import { memoryOf } from '#firmware-sim/power'
import { react } from '#firmware-sim/pump'
import { type PumpState, poweredOn } from '#firmware-sim/state'
import { markdownTable } from '#scripts/markdown'
import { MODEL } from '#scripts/pump-tables'
import { as, DAY_us, type Time_us } from '#units/quantity'
import { divide, times, whole } from '#units/rational'

/** More word writes than an operation of the table has. */
const MOST_WRITES = 10_000
const FIRST_us: Time_us = as(whole(1_000_000))
const SECOND_us: Time_us = as(times(FIRST_us, 2))
const THIRD_us: Time_us = as(times(FIRST_us, 3))

const dose = (ug_per_d: number): Program => ({
  kind: 'therapy',
  therapy: { mode: 'simple-continuous', dose: { by: 'mass', rate_ug_per_us: as(divide(whole(ug_per_d), DAY_us)) } },
})

const OPERATIONS: readonly (readonly [name: string, program: Program | 'stop'])[] = [
  ['COMMIT of a therapy', dose(120)],
  [
    'COMMIT of a bolus',
    { kind: 'bolus', bolus: { dose: { by: 'mass', mass_ug: as(whole(10)) }, over_us: as(times(FIRST_us, 600)) } },
  ],
  [
    'COMMIT of a refill',
    {
      kind: 'refill',
      refill: {
        withdrawn: 'all',
        contents: { drug: 'baclofen', concentration_ug_per_uL: as(whole(2)) },
        volume_uL: MODEL.reservoir_uL,
      },
    },
  ],
  ['COMMIT of a clock setting', { kind: 'set-clock', to_us: as(times(FIRST_us, 3600)) }],
  ['STOP', 'stop'],
]

/** For each operation: how many words it writes, and up to which of them a cut leaves the pump as it was. */
export function powerCutTable(): string {
  const running = committed(poweredOn(SETUP), dose(100), FIRST_us)
  const rows = OPERATIONS.map(([name, program]) => {
    const [state, input]: [PumpState, PumpInput] =
      program === 'stop' ? [running, { kind: 'stop' }] : prepared(running, program, SECOND_us)
    const { writes, undone } = cuts(state, input)
    const after = undone === writes ? 'never' : `${undone + 1} to ${writes}`
    return [name, `${writes}`, `1 to ${undone}`, after]
  })
  return markdownTable(
    ['operation', 'words written', 'cut that leaves what was before', 'cut that leaves it done'],
    rows,
  )
}

const SETUP = {
  model: MODEL,
  contents: { drug: 'baclofen', concentration_ug_per_uL: as(whole(1)) },
  volume_uL: as(MODEL.reservoir_uL),
  limits: { dailyDose: { soft: null, hard: null }, change: { soft: null, hard: null } },
  clock_us: as(whole(0)),
  catheter_uL: as(whole(176)),
  line: 'filled',
} as const satisfies Parameters<typeof poweredOn>[0]

/** The pump once it has read the program back, and what commits it. */
function prepared(state: PumpState, program: Program, at_us: Time_us): [PumpState, PumpInput] {
  const reaction = react(MODEL, state, at_us, { kind: 'prepare', program })
  const readback = reaction.outputs.find((output) => output.kind === 'readback')
  if (readback === undefined) throw new Error(`the pump refuses the example ${program.kind}`)
  return [reaction.state, { kind: 'commit', digest: readback.digest }]
}

function committed(state: PumpState, program: Program, at_us: Time_us): PumpState {
  const [ready, input] = prepared(state, program, at_us)
  return react(MODEL, ready, at_us, input).state
}

/** Cuts the power at every word write of an operation; throws if what is left is neither what was nor what was meant. */
function cuts(state: PumpState, input: PumpInput): { readonly writes: number; readonly undone: number } {
  const before = payloadOf(memoryOf(state))
  const meant = payloadOf(memoryOf(react(MODEL, state, THIRD_us, input).state))
  let undone = 0
  for (let write = 1; write < MOST_WRITES; write += 1) {
    const failing = react(MODEL, state, THIRD_us, { kind: 'power-fails', atWrite: write }).state
    const after = react(MODEL, failing, THIRD_us, input).state
    if (after.operating !== 'off') return { writes: write - 1, undone }
    const left = payloadOf(memoryOf(after))
    if (left !== before && left !== meant) throw new Error(`a cut at word write ${write} leaves a mixture`)
    if (left === before && undone < write - 1) throw new Error(`a cut at word write ${write} undoes what was done`)
    if (left === before) undone = write
  }
  throw new Error(`an operation writes more than ${MOST_WRITES} words`)
}
