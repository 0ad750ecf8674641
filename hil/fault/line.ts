/** The line between host and rig is at fault from its beginning to its end: the rig is handed beforehand what to do to it. */
import type { Turn } from '#hil/fault/fault'
import { lasting } from '#hil/fault/fault'
import type { Fault } from '#hil/scenario/types'

export function lineFault(fault: Fault): readonly Turn[] {
  return lasting(fault, { to: 'line' }, { to: 'line' })
}
