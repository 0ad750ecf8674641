/** The page of the operating machine, written from its table so that it can never say anything else. */
import { type Action, OPERATING, type OperatingState, type Stimulus, type Transition } from '#firmware-sim/operating'
import { markdownTable } from '#scripts/markdown'
import { FRAMES } from '#scripts/statechart'

const HEAD = `# The operating machine

Every state of the pump, every stimulus, and what follows. This page and its picture are written from the table in
\`firmware-sim/operating.ts\` by \`npm run docs\`; a test fails when they are stale.

![The states of the pump and what leads from one to another](pictures/operating.svg)

An arrow that leaves a frame leaves every state in it. Whatever has no arrow keeps the state as it is or is refused; the
tables say which, and what the pump does besides.

A bolus, a prime and a bridge are no states: they run on top of whichever state is in force. A program that the table
allows may still be refused for its figures (\`firmware-sim/limits.ts\`). What the pump does in each is told in
[PUMP.md](PUMP.md).

Without power the pump hears nothing but its supply, and no time passes for it. When power returns the memory is looked at first;
the other cells of \`off\` are there for completeness and are never reached.
`

type Group = (typeof GROUPS)[number]

const GROUPS = [
  'From the programmer',
  'From the patient, and from the course of the therapy',
  'From reservoir and rotor',
  'From cell, tube and supply',
  'From memory and sound',
  'When the supply returns',
] as const

const [PROGRAMMER, COURSE, MOTION, CELL, MEMORY, SUPPLY] = GROUPS

/** Where a stimulus is told of, and what it is. */
const STIMULI: Readonly<Record<Stimulus, readonly [group: Group, meaning: string]>> = {
  'program-stopped': [PROGRAMMER, 'the therapy `stopped` is committed'],
  'program-minimum-rate': [PROGRAMMER, 'this therapy is committed'],
  'program-simple-continuous': [PROGRAMMER, 'this therapy is committed'],
  'program-flex': [PROGRAMMER, 'this therapy is committed'],
  'program-periodic-bolus': [PROGRAMMER, 'this therapy is committed'],
  stop: [PROGRAMMER, 'stop without a transaction; never refused by a pump with power'],
  'program-bolus': [PROGRAMMER, 'a bolus is committed'],
  'program-prime': [PROGRAMMER, 'a prime is committed'],
  'program-bridge': [PROGRAMMER, 'a bridge is committed'],
  'program-patient-bolus': [PROGRAMMER, 'leave for patient boluses is committed'],
  'program-refill': [PROGRAMMER, 'a refill is committed'],
  'program-set-clock': [PROGRAMMER, 'the clock is set, by 2 h at most'],
  'clock-jumped': [PROGRAMMER, 'the clock is set by more than 2 h'],
  'request-bolus': [COURSE, 'the patient asks for a bolus'],
  'therapy-unfit': [COURSE, 'what runs cannot be given with what a refill put in, and nothing that can was programmed'],
  'boluses-unfit': [COURSE, 'the therapy can be given with what a refill put in, and the boluses under way cannot'],
  'pattern-start': [COURSE, 'a bolus of a pattern falls due'],
  'bolus-ended': [COURSE, 'the time of a bolus is over'],
  'prime-ended': [COURSE, 'the volume of a prime has been displaced'],
  'plug-cleared': [COURSE, 'an earlier concentration has left the tip'],
  'reservoir-low': [MOTION, 'the believed volume reaches the low level'],
  'reservoir-empty': [MOTION, 'the believed volume is used up'],
  'rotor-missed': [MOTION, 'a step did not move the rotor'],
  'rotor-moved': [MOTION, 'a step moved the rotor again'],
  'rotor-turns': [MOTION, 'a stopped pump makes a step, of a bolus or a prime'],
  'stopped-early': [MOTION, 'the pump has been stopped for as long as it bears silently'],
  'stopped-long': [MOTION, 'the pump has been stopped for as long as its tube bears'],
  'cell-reading': [CELL, 'a reading of the loaded voltage is due'],
  'age-reached': [CELL, 'the pump is as old as it may become'],
  'tube-worn': [CELL, 'the volume that wears out the tube has passed'],
  'service-ended': [CELL, 'the time after elective replacement is over'],
  'voltage-sagged': [CELL, 'the loaded voltage falls to the reset voltage'],
  'power-lost': [CELL, 'the supply is cut off'],
  'memory-damaged': [MEMORY, 'the check of the record, with a copy that can be mended'],
  'memory-lost': [MEMORY, 'the check of the record, with both copies bad'],
  'silence-ended': [MEMORY, 'the time of silence is over'],
  'restored-delivering': [SUPPLY, 'the record is of a pump that delivered'],
  'restored-stopped': [SUPPLY, 'the record is of a stopped pump'],
  'restored-empty': [SUPPLY, 'the record is of an empty pump'],
  'restored-ended': [SUPPLY, 'the record is of a pump past its service'],
  'restored-nothing': [SUPPLY, 'both copies of the record are bad'],
}

const STATES = Object.keys(OPERATING) as OperatingState[]

/** What follows from a stimulus, in words that are the same wherever the same follows. */
interface Consequence {
  readonly next: string
  readonly actions: string
  /** The cell of the overview. */
  readonly brief: string
}

function consequence(state: OperatingState, stimulus: Stimulus): Consequence {
  const transition: Transition = OPERATING[state][stimulus]
  if ('refuse' in transition) return { next: 'refused', actions: transition.refuse, brief: 'refused' }
  const actions = actionsText(transition.actions)
  const { next } = transition
  if (next !== 'stopped' && stimulus === `program-${next}`) {
    return { next: 'that therapy', actions, brief: '**that therapy**' }
  }
  if (next === state) return { next: 'the same', actions, brief: transition.actions.length === 0 ? '–' : 'acts' }
  return { next: `**${next}**`, actions, brief: `**${next}**` }
}

function actionsText(actions: readonly Action[]): string {
  return actions.length === 0 ? 'none' : actions.join(', ')
}

/** Stimuli that have the same consequences in every state, as one. */
interface Entry {
  readonly stimuli: readonly Stimulus[]
  readonly meaning: string
  readonly of: Readonly<Record<OperatingState, Consequence>>
}

function entriesOf(group: Group): readonly Entry[] {
  const entries = new Map<string, Entry>()
  for (const stimulus of Object.keys(STIMULI) as Stimulus[]) {
    const [ofGroup, meaning] = STIMULI[stimulus]
    if (ofGroup !== group) continue
    const of = Object.fromEntries(STATES.map((state) => [state, consequence(state, stimulus)])) as Entry['of']
    const key = JSON.stringify([meaning, of])
    entries.set(key, { stimuli: [...(entries.get(key)?.stimuli ?? []), stimulus], meaning, of })
  }
  return [...entries.values()]
}

/** States that differ in nothing but their names share a column. */
function columns(entries: readonly Entry[]): readonly (readonly OperatingState[])[] {
  return parted(STATES, (state) => JSON.stringify(entries.map(({ of }) => of[state])))
}

function parted<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const parts = new Map<string, T[]>()
  for (const item of items) parts.set(keyOf(item), [...(parts.get(keyOf(item)) ?? []), item])
  return [...parts.values()]
}

function overview(): string {
  const all = GROUPS.flatMap(entriesOf)
  const together = columns(all)
  const rows = all.map((entry) => [
    stimuliText(entry, ' '),
    ...together.map((states) => (states[0] === undefined ? '' : entry.of[states[0]].brief)),
  ])
  return markdownTable(['stimulus', ...together.map(statesText)], rows)
}

function section(group: Group): string {
  const rows = entriesOf(group).flatMap((entry) => {
    const together = parted(STATES, (state) => JSON.stringify(entry.of[state]))
    return together.map((states, index) => {
      const [first] = states
      const { next, actions } = first === undefined ? { next: '', actions: '' } : entry.of[first]
      return [index === 0 ? `${stimuliText(entry, ', ')}: ${entry.meaning}` : '', statesText(states), next, actions]
    })
  })
  return `### ${group}\n\n${markdownTable(['stimulus', 'in', 'next state', 'actions in order, or why it is refused'], rows)}`
}

function stimuliText({ stimuli }: Entry, separator: string): string {
  return stimuli.map((stimulus) => `\`${stimulus}\``).join(separator)
}

function statesText(states: readonly OperatingState[]): string {
  if (states.length === STATES.length) return 'any state'
  if (states.length === STATES.length - 1 && !states.includes('off')) return 'any state with power'
  const therapies: readonly OperatingState[] = FRAMES.therapies
  if (!therapies.every((therapy) => states.includes(therapy))) return states.join(', ')
  const others = states.filter((state) => !therapies.includes(state))
  return [...others.filter((state) => state === 'stopped'), 'therapies', ...others.filter((s) => s !== 'stopped')].join(
    ', ',
  )
}

const OVERVIEW = `## At a glance

\`therapies\` are \`minimum-rate\`, \`simple-continuous\`, \`flex\` and \`periodic-bolus\`. *acts*: the state stays and something
is done; –: nothing happens.`

export function operatingPage(): string {
  return [HEAD, OVERVIEW, '', overview(), '', '## In full', '', GROUPS.map(section).join('\n\n'), ''].join('\n')
}
