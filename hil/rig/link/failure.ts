/** In plain words, what a rig did that ends a run. */
import type { HostEvent, Outcome } from '#protocol/link'

/** A command that was not executed. */
export function undoneCommand(outcome: Exclude<Outcome, { readonly kind: 'done' }>): string {
  return `the rig ${outcome.kind === 'refused' ? `refused a command: ${outcome.reason}` : `left a command ${outcome.kind}`}`
}

export function mismatched({ what, found, needed }: Extract<HostEvent, { kind: 'mismatch' }>): string {
  return `the rig speaks another protocol: ${what} ${found} where ${needed} is needed; give it the firmware of this version`
}

export function latched({ cause, halts }: Extract<HostEvent, { kind: 'halted' }>): string {
  return `the motor is latched: ${cause}, count ${halts}`
}

/** Since when a rig has answered no command, and why. */
export interface Gone {
  readonly since_us: number
  readonly reason: string
  /** Whether it has answered HELLO meanwhile, which alone shows that there is a wire and no more. */
  readonly greeted: boolean
}

/** A wire that stayed dead, or a rig that opens a session whenever it is asked and then answers nothing. */
export function gone({ reason, greeted }: Gone, grace_us: number): string {
  const since = greeted ? 'has answered HELLO since and no command' : 'was not back'
  return `the rig has gone (${reason}) and ${since} within ${grace_us / 1e6} s`
}

export function restarted({ cause, boot }: Extract<HostEvent, { kind: 'restarted' }>): string {
  return `the rig has restarted (${cause}): boot id ${boot}`
}
