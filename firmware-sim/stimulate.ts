/** The one place where a stimulus meets the operating table. */
import { ACTIONS } from '#firmware-sim/actions'
import { OPERATING, type Stimulus } from '#firmware-sim/operating'
import { change, type Subject, type Turn } from '#firmware-sim/turn'

/** Looks the stimulus up and carries out what the table says; throws where the table refuses it. */
export function stimulate(turn: Turn, stimulus: Stimulus, subject: Subject): void {
  turn.watch?.(turn.state, stimulus)
  const transition = OPERATING[turn.state.operating][stimulus]
  if ('refuse' in transition) throw new Error(`the operating table refuses ${stimulus}, which was not asked of it`)
  if (transition.next !== turn.state.operating) change(turn, { operating: transition.next })
  for (const action of transition.actions) ACTIONS[action](turn, subject)
}
