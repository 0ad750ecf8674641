/**
 * Cells of the operating table that nothing from outside can bring a pump to, and why not.
 *
 * The table is total on purpose: the compiler asks for each of its cells. That these are never come to is looked at too: one
 * that is visited has been listed wrongly.
 */
import { OPERATING, type OperatingState, type Stimulus } from '#firmware-sim/operating'

interface Rule {
  readonly states: (state: OperatingState) => boolean
  readonly stimuli: readonly Stimulus[]
}

const is =
  (...states: readonly OperatingState[]) =>
  (state: OperatingState) =>
    states.includes(state)

const RESTORED = [
  'restored-delivering',
  'restored-stopped',
  'restored-empty',
  'restored-ended',
  'restored-nothing',
] as const satisfies readonly Stimulus[]

const HEARD: ReadonlySet<Stimulus> = new Set([...RESTORED, 'memory-damaged', 'memory-lost'] as const)

const RULES: readonly Rule[] = [
  // The supply cannot come back to a pump that has it.
  { states: (state) => state !== 'off', stimuli: RESTORED },
  // Without power nothing but the supply is heard; when it returns the memory is looked at first.
  {
    states: is('off'),
    stimuli: (Object.keys(OPERATING.off) as Stimulus[]).filter((stimulus) => !HEARD.has(stimulus)),
  },
  // Only a pump that was stopped stands.
  { states: (state) => state !== 'stopped', stimuli: ['rotor-turns', 'stopped-early', 'stopped-long'] },
  // These have no pattern.
  { states: is('stopped', 'minimum-rate', 'simple-continuous', 'empty', 'end-of-service'), stimuli: ['pattern-start'] },
  // Without motion nothing comes to its end, and nothing runs on top of it.
  {
    states: is('empty', 'end-of-service'),
    stimuli: [
      'bolus-ended',
      'prime-ended',
      'plug-cleared',
      'reservoir-low',
      'reservoir-empty',
      'boluses-unfit',
      'therapy-unfit',
      'tube-worn',
    ],
  },
  // What a stopped pump gives can always be given, but for boluses.
  { states: is('stopped'), stimuli: ['therapy-unfit'] },
  // Minimum rate cannot be too much for any fluid, unless a bridge multiplies it by thousands.
  { states: is('minimum-rate', 'safe-state'), stimuli: ['therapy-unfit'] },
  // Service has ended, and replacement has been due.
  { states: is('end-of-service'), stimuli: ['service-ended', 'age-reached'] },
]

export function isUnreachable(state: OperatingState, stimulus: Stimulus): boolean {
  return RULES.some((rule) => rule.states(state) && rule.stimuli.includes(stimulus))
}
