/** The page of the operating machine, written from its table so that it can never say anything else. */
import { type Action, OPERATING, type OperatingState, type Stimulus, type Transition } from '#firmware-sim/operating'

const HEAD = `# The operating machine

Every state of the pump, every stimulus, and what follows. This page is written from the table in
\`firmware-sim/operating.ts\` by \`npm run docs\`; a test fails when it is stale.

A bolus is not a state: boluses run on top of whichever therapy is in force and leave it as it was. A program that the
table allows may still be refused for its figures (\`firmware-sim/limits.ts\`).
`

type Cell = readonly [state: OperatingState, stimulus: Stimulus, transition: Transition]

function cells(): Cell[] {
  const states = Object.keys(OPERATING) as OperatingState[]
  return states.flatMap((state) => {
    const stimuli = Object.keys(OPERATING[state]) as Stimulus[]
    return stimuli.map((stimulus): Cell => [state, stimulus, OPERATING[state][stimulus]])
  })
}

/** The arrows that lead to another state, those with the same ends joined into one. */
function diagram(): string {
  const arrows = new Map<string, Stimulus[]>()
  for (const [state, stimulus, transition] of cells()) {
    if ('refuse' in transition || transition.next === state) continue
    const ends = `${id(state)} --> ${id(transition.next)}`
    arrows.set(ends, [...(arrows.get(ends) ?? []), stimulus])
  }
  const names = (Object.keys(OPERATING) as OperatingState[]).map((state) => `  state "${state}" as ${id(state)}`)
  const lines = [...arrows].map(([ends, stimuli]) => `  ${ends}: ${stimuli.join(', ')}`)
  return ['```mermaid', 'stateDiagram-v2', ...names, '  [*] --> stopped', ...lines, '```'].join('\n')
}

function id(state: OperatingState): string {
  return state.replaceAll('-', '_')
}

function table(): string {
  const rows = cells().map(([state, stimulus, transition]) =>
    'refuse' in transition
      ? `| ${state} | ${stimulus} | ${state} | refused: ${transition.refuse} |`
      : `| ${state} | ${stimulus} | ${transition.next} | ${actionsText(transition.actions)} |`,
  )
  return ['| state | stimulus | next state | actions, in order |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

function actionsText(actions: readonly Action[]): string {
  return actions.length === 0 ? 'none' : actions.join(', ')
}

export function operatingPage(): string {
  return `${HEAD}\n${diagram()}\n\n${table()}\n`
}
