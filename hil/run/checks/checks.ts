/**
 * The table of checks: a check is one file beside this one, one row here, and one row in the scenario language.
 */
import { alarmLatencies } from '#hil/run/checks/alarm-latency'
import { alarmInTime, noOtherAlarms } from '#hil/run/checks/alarms'
import { amountDelivered } from '#hil/run/checks/amounts'
import { believedDose } from '#hil/run/checks/believed-dose'
import { bolusesAccurate } from '#hil/run/checks/bolus-accuracy'
import { changeovers } from '#hil/run/checks/changeover'
import { deliveredVolume, doseAtTip } from '#hil/run/checks/delivered'
import { eventInTime } from '#hil/run/checks/event'
import { interruption } from '#hil/run/checks/interruption'
import { invariants } from '#hil/run/checks/invariants'
import { maxDose } from '#hil/run/checks/max-dose'
import { meanFlowError, startUp } from '#hil/run/checks/mean-flow'
import type { Observation } from '#hil/run/checks/observation'
import { programmedAsPrescribed, refusedAsExpected } from '#hil/run/checks/programming'
import { reservoirEstimate } from '#hil/run/checks/reservoir-estimate'
import { tracking } from '#hil/run/checks/tracking'
import { trumpet } from '#hil/run/checks/trumpet'
import { windowedFlow } from '#hil/run/checks/windowed-flow'
import type { Ledgers } from '#hil/run/ledgers'
import type { Check } from '#hil/scenario/types'

type Kind = Check['check']
type Evaluate<K extends Kind> = (check: Extract<Check, { check: K }>, ledgers: Ledgers) => Observation

const CHECKS: { readonly [K in Kind]: Evaluate<K> } = {
  tracking,
  'delivered-volume': deliveredVolume,
  'dose-at-tip': doseAtTip,
  'reservoir-estimate': reservoirEstimate,
  'windowed-flow': windowedFlow,
  'max-dose': maxDose,
  alarm: alarmInTime,
  'no-other-alarms': noOtherAlarms,
  'programmed-as-prescribed': programmedAsPrescribed,
  refused: refusedAsExpected,
  trumpet,
  'start-up': startUp,
  'bolus-accuracy': bolusesAccurate,
  'mean-flow-error': meanFlowError,
  interruption,
  'under-delivery': amountDelivered,
  'over-delivery': amountDelivered,
  'believed-dose': believedDose,
  'alarm-latency': alarmLatencies,
  changeover: changeovers,
  event: eventInTime,
  invariants,
}

/** What a check observes in the ledgers. */
export function evaluate<C extends Check>(check: C, ledgers: Ledgers): Observation {
  // The compiler cannot follow that row and check share their kind; the table's type ensures it.
  const row = CHECKS[check.check] as unknown as (check: C, ledgers: Ledgers) => Observation
  return row(check, ledgers)
}
