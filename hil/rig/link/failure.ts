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

export function restarted({ cause, boot }: Extract<HostEvent, { kind: 'restarted' }>): string {
  return `the rig has restarted (${cause}): boot id ${boot}`
}
