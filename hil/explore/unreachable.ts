/**
 * Cells of the operating table that nothing from outside can bring a pump to, and why not.
 *
 * The table is total on purpose: the compiler asks for each of its cells. That these are never come to is looked at too: one
 * that is visited has been listed wrongly.
 */
import { OPERATING, type OperatingState, type Stimulus } from '#firmware-sim/operating'

interface Rule {
  /** Why nothing from outside can bring a pump there. */
  readonly why: string
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

const UNREACHABLE: readonly Rule[] = [
  {
    why: 'the supply cannot come back to a pump that has it',
    states: (state) => state !== 'off',
    stimuli: RESTORED,
  },
  {
    why: 'without power nothing but the supply is heard, and when it returns the memory is looked at first',
    states: is('off'),
    stimuli: (Object.keys(OPERATING.off) as Stimulus[]).filter((stimulus) => !HEARD.has(stimulus)),
  },
  {
    why: 'only a pump that was stopped stands',
    states: (state) => state !== 'stopped',
    stimuli: ['rotor-turns', 'stopped-early', 'stopped-long'],
  },
  {
    why: 'these have no pattern',
    states: is('stopped', 'minimum-rate', 'simple-continuous', 'empty', 'end-of-service'),
    stimuli: ['pattern-start'],
  },
  {
    why: 'without motion nothing comes to its end, and nothing runs on top of it',
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
  {
    why: 'what a stopped pump gives can always be given, but for boluses',
    states: is('stopped'),
    stimuli: ['therapy-unfit'],
  },
  {
    why: 'minimum rate is the same with any fluid, and a bridge would have to multiply it by more than concentrations differ',
    states: is('minimum-rate', 'safe-state'),
    stimuli: ['therapy-unfit'],
  },
  {
    why: 'service has ended, and replacement has been due',
    states: is('end-of-service'),
    stimuli: ['service-ended', 'age-reached'],
  },
  {
    why:
      'whatever leads to the safe state ends every bolus, so they fall due in it only where one operation ends a bolus and finds ' +
      'the memory lost before; boluses do not fit from the instant of a refill on, whose own operation has looked at the memory, and ' +
      'nothing that damages it comes between that and what falls due at its instant',
    states: is('safe-state'),
    stimuli: ['boluses-unfit'],
  },
]

/** Why nothing can bring a pump to a cell; null where something can. */
export function whyUnreachable(state: OperatingState, stimulus: Stimulus): string | null {
  return UNREACHABLE.find((rule) => rule.states(state) && rule.stimuli.includes(stimulus))?.why ?? null
}
