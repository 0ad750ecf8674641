/**
 * The operating table as a statechart: states in frames, and the arrows that lead from one to another.
 *
 * States of which the same is true share a frame, and an arrow that leaves all of them alike leaves the frame. Nothing is
 * said here of where things are drawn.
 */
import { OPERATING, type OperatingState, type Stimulus } from '#firmware-sim/operating'

/** The therapies between which a programmer chooses; `stopped`, which gives none of its own, stands beside them. */
const THERAPIES = ['minimum-rate', 'simple-continuous', 'flex', 'periodic-bolus'] as const satisfies OperatingState[]
const HOLDING_DRUG = ['stopped', ...THERAPIES, 'safe-state'] as const satisfies OperatingState[]

/** Frames, from the inner to the outer ones. */
export const FRAMES = {
  therapies: THERAPIES,
  'holds drug': HOLDING_DRUG,
  'in service': [...HOLDING_DRUG, 'empty'],
} as const satisfies Readonly<Record<string, readonly OperatingState[]>>

export type Frame = keyof typeof FRAMES

/** What an arrow leaves or reaches. */
export type End = OperatingState | Frame

export interface Arrow {
  readonly from: End
  readonly to: End
  /** In the order of the table. */
  readonly stimuli: readonly Stimulus[]
}

interface Move {
  readonly from: End
  readonly to: End
  readonly stimulus: Stimulus
}

/** Every change of state in the table, those alike drawn together; what leaves the state as it is has no arrow. */
export function arrows(): readonly Arrow[] {
  const joined = (Object.keys(FRAMES) as Frame[]).reduce(leavingFrame, moves().map(reachingTherapies))
  const together = new Map<string, Arrow>()
  for (const { from, to, stimulus } of joined) {
    const ends = `${from} to ${to}`
    const stimuli = together.get(ends)?.stimuli ?? []
    together.set(ends, { from, to, stimuli: stimuli.includes(stimulus) ? stimuli : [...stimuli, stimulus] })
  }
  return [...together.values()]
}

/** Whether the arrow is drawn for programming whichever therapy one likes. */
export function programsAnyTherapy({ stimuli }: Arrow): boolean {
  return stimuli.length === THERAPIES.length && THERAPIES.every((therapy) => stimuli.includes(`program-${therapy}`))
}

/** The states that an end stands for. */
function statesOf(end: End): readonly OperatingState[] {
  return isFrame(end) ? FRAMES[end] : [end]
}

function isFrame(end: End): end is Frame {
  return end in FRAMES
}

function moves(): Move[] {
  const states = Object.keys(OPERATING) as OperatingState[]
  return states.flatMap((from) => {
    const row = OPERATING[from]
    return (Object.keys(row) as Stimulus[]).flatMap((stimulus) => {
      const transition = row[stimulus]
      return 'refuse' in transition || transition.next === from ? [] : [{ from, to: transition.next, stimulus }]
    })
  })
}

/** A program that leads to the therapy it names leads to the frame of all therapies. */
function reachingTherapies(move: Move): Move {
  const named = THERAPIES.some((therapy) => therapy === move.to && move.stimulus === `program-${therapy}`)
  return named ? { ...move, to: 'therapies' } : move
}

/** Lets the moves that are common to all states of a frame, and lead out of it or around in it, leave the frame. */
function leavingFrame(found: readonly Move[], frame: Frame): Move[] {
  const states: readonly End[] = FRAMES[frame]
  const isInside = (end: End) => end !== frame && statesOf(end).every((state) => states.includes(state))
  return found.map((move) => {
    if (!isInside(move.from) || isInside(move.to)) return move
    const alike = found.filter(({ to, stimulus }) => to === move.to && stimulus === move.stimulus)
    const leaving: readonly End[] = alike.flatMap(({ from }) => statesOf(from))
    // To program the therapy in force anew is no move.
    const common = states.every((state) => leaving.includes(state) || move.stimulus === `program-${state}`)
    return common ? { ...move, from: frame } : move
  })
}
